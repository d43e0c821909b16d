"""A group of commands one of which is meant when none is named: `backup FILE` is `backup make FILE`."""

from typing import Any

from typer.core import TyperGroup


class UsualCommand(TyperGroup):
    """A group with a usual command."""

    usual: str = ""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is named, else the usual one with all that was said."""
        if args and self.get_command(ctx, args[0]) is None:
            args = [self.usual, *args]
        return super().resolve_command(ctx, args)


def usual(name: str) -> type[UsualCommand]:
    """The class of a group in which the command of this name is meant when none is named."""
    return type(f"Usually{name.title()}", (UsualCommand,), {"usual": name})
