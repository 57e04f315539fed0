"""What a Worker's Python brings along, and what it lacks of the standard library.

Observed by importing each name of `sys.stdlib_module_names` on workerd 1.20261117.1 with Python
3.14.2 (Pyodide 314.0.6); tests/preflight/test_stdlib.py of the template asks the runtime again.
"""

import zipfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

from tools.preflight.facts import Facts, facts_of
from tools.preflight.wiring import Wiring

OWN_NODE_MODULES = Path(__file__).parents[2] / "node_modules"
# The Python of the `pyodide` package that package.json pins.
ARCHIVE_PYTHON = (3, 14)

# What else was observed there: each line is a module and its public names.
NAMES = Path(__file__).with_name("stdlib_names.txt")

# Modules that the runtime itself provides. https://pyodide.org/en/stable/usage/api/python-api.html
RUNTIME = frozenset(
    {
        "_cloudflare",
        "_cloudflare_compat_flags",
        "_pyodide",
        "_pyodide_core",
        "_pyodide_entrypoint_helper",
        "js",
        "pyodide",
        "pyodide_js",
    }
)

# Until this date the runtime brought the Workers SDK along as well; since then it is vendored.
# https://developers.cloudflare.com/workers/languages/python/
SDK_VENDORED_SINCE = "2026-04-21"
SDK = frozenset({"asgi", "cloudflare", "workers"})

NEW_IN_314 = frozenset({"_zstd", "annotationlib", "compression"})

# https://docs.python.org/3/whatsnew/3.12.html and 3.13.html; people's own Python may have them.
_REMOVED = """
    _bootsubprocess _compression _crypt _msi _sha256 _sha512
    aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap
    msilib nis nntplib ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib
"""
REMOVED = frozenset(_REMOVED.split())

_PRESENT = """
    __future__ _abc _ast _ast_unparse _asyncio _bisect _blake2 _bz2 _codecs _codecs_cn _codecs_hk
    _codecs_iso2022 _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _colorize
    _compat_pickle _contextvars _csv _ctypes _datetime _decimal _elementtree _frozen_importlib
    _frozen_importlib_external _functools _heapq _hmac _imp _io _json _locale _lsprof _lzma
    _markupbase _md5 _multibytecodec _opcode _opcode_metadata _operator _pickle _posixsubprocess
    _py_abc _py_warnings _pydatetime _pyio _pylong _pyrepl _queue _random _remote_debugging _sha1
    _sha2 _sha3 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string
    _strptime _struct _suggestions _symtable _sysconfig _thread _threading_local _tokenize
    _tracemalloc _types _typing _warnings _weakref _weakrefset _zoneinfo _zstd abc annotationlib
    antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile
    calendar cmath cmd code codecs codeop collections colorsys compileall compression concurrent
    configparser contextlib contextvars copy copyreg csv ctypes dataclasses datetime decimal
    difflib dis doctest email encodings enum errno faulthandler fcntl filecmp fileinput fnmatch
    fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib gzip hashlib
    heapq hmac html http imaplib importlib inspect io ipaddress itertools json keyword linecache
    locale logging lzma mailbox marshal math mimetypes mmap modulefinder multiprocessing netrc
    ntpath nturl2path numbers opcode operator optparse os pathlib pdb pickle pickletools pkgutil
    platform plistlib poplib posix posixpath pprint profile pstats pty py_compile pyclbr pydoc
    pyexpat queue quopri random re reprlib rlcompleter runpy sched secrets select selectors shelve
    shlex shutil signal site smtplib socket socketserver sqlite3 sre_compile sre_constants
    sre_parse ssl stat statistics string stringprep struct subprocess symtable sys sysconfig
    tabnanny tarfile tempfile termios textwrap this threading time timeit token tokenize tomllib
    trace traceback tracemalloc tty types typing unicodedata unittest urllib uuid warnings wave
    weakref webbrowser wsgiref xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
"""
PRESENT = frozenset(_PRESENT.split())

# Of the standard library of CPython 3.14, but not of Pyodide's.
_LACKING = """
    _aix_support _android_support _apple_support _curses _curses_panel _dbm _gdbm _hashlib
    _interpchannels _interpqueues _interpreters _ios_support _multiprocessing _osx_support
    _overlapped _posixshmem _pydecimal _scproxy _tkinter _uuid _winapi _wmi curses dbm ensurepip
    grp idlelib msvcrt nt pwd pydoc_data readline resource syslog tkinter turtle turtledemo venv
    winreg winsound
"""
LACKING = frozenset(_LACKING.split())

# Present, but they fail when they are used: there are no threads, processes or raw sockets.
UNUSABLE = {
    "asyncio.create_subprocess_exec": "processes",
    "asyncio.create_subprocess_shell": "processes",
    "concurrent.futures.ProcessPoolExecutor": "processes",
    "concurrent.futures.ThreadPoolExecutor": "threads",
    "multiprocessing.Pool": "processes",
    "multiprocessing.Process": "processes",
    "os.fork": "processes",
    "os.popen": "processes",
    "os.system": "processes",
    "socket.create_connection": "raw sockets",
    "socket.create_server": "raw sockets",
    "subprocess.Popen": "processes",
    "subprocess.call": "processes",
    "subprocess.check_call": "processes",
    "subprocess.check_output": "processes",
    "subprocess.run": "processes",
    "threading.Thread": "threads",
    "threading.Timer": "threads",
}


class StandardLibrary:
    """What needs no upload on a Worker of one date.

    `archive` is Pyodide's own library, None when it is not at hand for that Python.
    """

    def __init__(self, date: str, python: tuple[int, int], archive: Path | None) -> None:
        self._archive = archive
        self._python = python
        self._facts: dict[str, Facts | None] = {}
        newer = NEW_IN_314 if python < (3, 14) else frozenset()
        self._lacking = LACKING | REMOVED | newer
        self._provided = (PRESENT - newer) | RUNTIME
        if date < SDK_VENDORED_SINCE:
            self._provided |= SDK

    @classmethod
    def of(cls, wiring: Wiring) -> Self:
        """The library for a project; the archive is that of its `pyodide` package or of ours."""
        places = (wiring.project.node_modules, OWN_NODE_MODULES)
        archives = (folder / "pyodide" / "python_stdlib.zip" for folder in places)
        found = next((archive for archive in archives if archive.is_file()), None)
        return cls(wiring.date, wiring.python, found if wiring.python == ARCHIVE_PYTHON else None)

    def provides(self, top: str) -> bool:
        """Whether a top-level module comes with the runtime."""
        return top in self._provided

    def lacks(self, top: str) -> bool:
        """Whether a top-level name is one of CPython's standard library that a Worker lacks."""
        return top in self._lacking

    def facts(self, name: str) -> Facts | None:
        """What a module written in Python defines; None when that is not known."""
        if name not in self._facts:
            content = self._read(name)
            self._facts[name] = None if content is None else facts_of(content, self._python)
        return self._facts[name]

    def names(self, module: str) -> frozenset[str] | None:
        """All public names of a module whose source does not show them; None for another one."""
        return self._observed.get(module)

    def has_module(self, name: str) -> bool | None:
        """Whether a dotted name below a standard module exists; None when that is not known."""
        if not self._members or name.partition(".")[0] not in self._packages:
            return None
        path = name.replace(".", "/")
        return f"{path}.py" in self._members or f"{path}/__init__.py" in self._members

    def _read(self, name: str) -> bytes | None:
        path = name.replace(".", "/")
        for member in (f"{path}/__init__.py", f"{path}.py"):
            if member in self._members and self._archive:
                with zipfile.ZipFile(self._archive) as archive:
                    return archive.read(member)
        return None

    @cached_property
    def _observed(self) -> Mapping[str, frozenset[str]]:
        if self._python != ARCHIVE_PYTHON:
            return {}
        lines = (line.split() for line in NAMES.read_text().splitlines())
        return {module: frozenset(names) for module, *names in lines}

    @cached_property
    def _members(self) -> Mapping[str, None]:
        if self._archive is None:
            return {}
        with zipfile.ZipFile(self._archive) as archive:
            return dict.fromkeys(archive.namelist())

    @cached_property
    def _packages(self) -> frozenset[str]:
        """The top-level packages that the archive holds whole."""
        suffix = "/__init__.py"
        return frozenset(
            member.removesuffix(suffix)
            for member in self._members
            if member.endswith(suffix) and member.count("/") == 1
        )
