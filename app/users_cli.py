"""The command line of those who may sign in: `python -m app users`."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from getpass import getpass

from app.membership import add_person, remove_person
from indexes.catalogue import Catalogue
from indexes.home import load_settings
from indexes.passwords import hashed
from indexes.terminal import one_line
from indexes.users import UserFile
from rag.errors import InputError
from rag.rights import Role

NO_ADMIN = "nobody may sign in as admin yet: make the first one with `python -m app users add NAME --role admin`"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands with their options. No password is one of them: other users of a computer see command lines."""
    users = commands.add_parser("users", help="who may sign in, and as what")
    deeds = users.add_subparsers(required=True, metavar="COMMAND")
    deeds.add_parser("list", help="names and roles").set_defaults(run=_list)
    add = deeds.add_parser("add", help="a new user, whose password is asked for")
    add.set_defaults(run=_add)
    role = deeds.add_parser("role", help="another role")
    role.set_defaults(run=_role)
    password = deeds.add_parser("password", help="another password, which ends their sessions")
    password.set_defaults(run=_password)
    remove = deeds.add_parser("remove", help="end somebody's sessions, and let them in no more")
    remove.set_defaults(run=_remove)
    for deed in (add, role, password, remove):
        deed.add_argument("name", metavar="NAME")
    roles = [one.value for one in Role]
    add.add_argument("--role", choices=roles, default=Role.READER.value, help="default %(default)s")
    role.add_argument("role", choices=roles, metavar="ROLE", help=", ".join(roles))


def _file() -> UserFile:
    return UserFile(load_settings().home)


def _list(_arguments: argparse.Namespace) -> int:
    users = _file().all()
    for user in users:
        print(f"{user.role.value:<7} {one_line(user.name)}")
    if not users:
        print("Nobody. " + NO_ADMIN[:1].upper() + NO_ADMIN[1:] + ".")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    users = UserFile(settings.home)
    users.check_new(arguments.name)
    if settings.sign_in == "oidc":  # the provider asks for a password, and they may have been here before
        user = users.add(arguments.name, Role(arguments.role))
    else:
        password = hashed(_asked())
        with closing(Catalogue(users.path.parent)) as catalogue:
            user = add_person(users, catalogue, arguments.name, Role(arguments.role), password)
    print(f"{one_line(user.name)} may sign in as {user.role.value}.")
    return 0


def _role(arguments: argparse.Namespace) -> int:
    user = _file().change(arguments.name, role=Role(arguments.role))
    print(f"{one_line(user.name)} is {user.role.value} now.")
    return 0


def _password(arguments: argparse.Namespace) -> int:
    users = _file()
    users.user(arguments.name)
    user = users.change(arguments.name, password=hashed(_asked()))
    print(f"{one_line(user.name)} has another password now, and has to sign in with it.")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    users = _file()
    with closing(Catalogue(users.path.parent)) as catalogue:
        user = remove_person(users, catalogue, arguments.name)
    print(f"{one_line(user.name)} may sign in no more. Their conversations are deleted, and their documents stay.")
    return 0


def _asked() -> str:
    """Typed twice, unseen; or the first line of what is piped in, for scripts."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    try:
        password, again = getpass("Password: "), getpass("Once more: ")
    except EOFError:  # Ctrl-D
        raise InputError("no password was given: nothing was changed") from None
    if again != password:
        raise InputError("the two passwords differ: nothing was changed")
    return password
