"""The pytest plugin: a test holds embeddings against rules or a baseline.

    def test_the_space_is_used(contrast_check):
        contrast_check("emb.npy", labels="y.npy").require("uniformity <= -2")

A rule that is broken fails the test and says the figure, its value and its bound, which way is
better, and the rows that carry it; a rule that cannot be decided fails it too, and says what is
missing. `-p no:contrast` leaves the plugin out. NumPy is imported when the fixture is first used.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import os

    from .gate.request import CheckRequest
    from .resources import Resources
    from .session.session import Data


class ContrastWarning(UserWarning):
    """A rule of level warn that is broken, or something to beware of in the data."""


@dataclasses.dataclass(frozen=True, eq=False)
class Subject:
    """What a test checks. Each call below reads it once, for all its rules.

    An input that the rules of one call do not take is left unread there.

    Args:
        inputs: By name; none for those of the configuration.
        top: How many rows a failure names; None for what the configuration says, or ten.
        seed: Of everything random; None for what the configuration says, or 0.
        resources: Threads, memory bound, precision; None for the usual ones.
    """

    inputs: Mapping[str, Any]
    top: int | None = None
    seed: int | None = None
    resources: Resources | None = None

    def require(self, *rules: str) -> Subject:
        """Fail where a rule is broken or cannot be decided; the message has all of them.

        Args:
            *rules: As `contrast check --require` takes them: `"uniformity <= -2"`. None stands for
                all that the configuration asks, its baseline too, of inputs that are its own.

        Returns:
            Itself, for another call.
        """
        __tracebackhide__ = True
        self._hold(lambda: self._asked(rules, "error"))
        return self

    def warn(self, *rules: str) -> Subject:
        """Issue a `ContrastWarning` where a rule is broken; fail where it cannot be decided.

        Args:
            *rules: As `contrast check --warn` takes them.

        Returns:
            Itself, for another call.
        """
        __tracebackhide__ = True
        self._hold(lambda: self._asked(rules, "warn"))
        return self

    def against(
        self, baseline: str | os.PathLike[str], *, allow: str | Sequence[str] = ()
    ) -> Subject:
        """Fail where a figure became worse than the saved one by more than is allowed.

        Args:
            baseline: The file that `contrast check --save-baseline` wrote.
            allow: How much worse, figure by figure: `"uniformity: 0.05"`, `"mean_cosine: 2%"`.

        Returns:
            Itself, for another call.
        """
        __tracebackhide__ = True
        allowed = (allow,) if isinstance(allow, str) else tuple(allow)

        def asked() -> CheckRequest:
            request = self._request(rules=())
            return dataclasses.replace(request, baseline=Path(baseline), allow=allowed)

        self._hold(asked)
        return self

    def _asked(self, rules: tuple[str, ...], level: str) -> CheckRequest:
        """The request of some rules, or of the configuration."""
        from .errors import BadParameter
        from .gate.grammar import parse_rule

        if not rules and self.inputs:
            raise BadParameter(
                "contrast_check",
                expected="rules, such as require('uniformity <= -2')",
                got="none",
                remedy="Name the rules, or leave the files out to check what contrast.toml says.",
            )
        if not rules:
            return self._request(rules=None)
        parsed = tuple(parse_rule(rule, level) for rule in rules)
        return dataclasses.replace(self._request(rules=parsed), baseline=None, allow=())

    def _request(self, *, rules: Any) -> CheckRequest:
        """The inputs of the call, or of the nearest configuration, with some rules."""
        from .gate.merging import Overrides, merged, nearest

        said = None if self.inputs else nearest()
        return merged(
            said,
            Overrides(
                self.inputs, rules=rules, top=self.top, seed=self.seed, spare=rules is not None
            ),
        )

    def _hold(self, request: Callable[[], CheckRequest]) -> None:
        """Check it: a failure is an AssertionError, bad input the error of the library."""
        __tracebackhide__ = True
        from .errors import ContrastError
        from .gate.front import run_check
        from .gate.wording import check_in_words, in_words
        from .plain_text import message, plain
        from .resources import Resources

        try:
            result = run_check(request(), self.resources or Resources())
        except ContrastError as error:
            raise error.with_traceback(None) from None
        if not result.passed:
            raise AssertionError(in_words(result))
        broken = [each for each in result.checks if each.passed is False]
        told = ["\n".join(map(plain, check_in_words(each))) for each in broken]
        for text in (*told, *map(message, result.warnings)):
            warnings.warn(text, ContrastWarning, stacklevel=3)


@pytest.fixture
def contrast_check() -> Callable[..., Subject]:
    """Hold saved embeddings, or arrays, against rules or a baseline.

    contrast_check("emb.npy", labels="y.npy").require("uniformity <= -2") takes what
    contrastive_core.loss takes: EMBEDDINGS, KEYS, NEGATIVES, and the other inputs by name, as
    paths, seen from the working directory, or as arrays. Without any it takes the inputs of the
    nearest contrast.toml or pyproject.toml.
    """

    def check(
        *files: Data,
        top: int | None = None,
        seed: int | None = None,
        resources: Resources | None = None,
        **inputs: Data,
    ) -> Subject:
        from .gate.merging import named

        return Subject(named(files, inputs), top, seed, resources)

    return check
