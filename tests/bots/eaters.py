"""Scripts of hostile pages that take memory without end, in steps, each of another kind."""

from collections.abc import Mapping

BITES: Mapping[str, str] = {
    "heap": "for (let n = 0; n < 1e5; n += 1) kept.push({ at: [n, Math.random()] })",
    "buffers": "kept.push(new Uint8Array(16 << 20).fill(1))",
    "elements": "const all = document.createElement('div'); all.innerHTML = '<table><tr><td>x<td>y</table>'"
    ".repeat(1e4); kept.push(all)",
    "workers": "if (kept.length < 8) kept.push(new Worker(URL.createObjectURL(new Blob(["
    "'const kept = []; for (;;) kept.push(new Uint8Array(4 << 20).fill(1))']))))",
    # Always of the same bytes, and not faster than the browser takes them: else they fill the page's own process.
    "blobs": "window.piece ??= new Uint8Array(2 << 20).fill(1); kept.push(new Blob([piece]))",
}
"""What one step takes. All but the last fill the page's own process; blobs lie in the browser itself."""


def eater(kind: str) -> str:
    """A script that takes one step after the other, without end."""
    return f"window.kept = []; (function step() {{ {BITES[kind]}; setTimeout(step, 10) }})()"
