"""`contrast check`: pass or fail against bounds and a saved baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .asked import means
from .check_options import SAYS, check_options, overrides
from .consoles import Bar, Manners
from .options import HELP_NAMES
from .outputs import Output, parse_outputs, wants, write_all
from .parsing import Command
from .render import writer

if TYPE_CHECKING:
    from contrastive_core.gate.verdict import CheckResult

    from .render.formats import Own


@click.command(cls=Command, context_settings=HELP_NAMES, params=check_options())
@click.pass_context
def check(ctx: click.Context, /, **options: Any) -> None:
    """Check saved embeddings: pass or fail against bounds, or against a saved baseline.

    \b
    Examples:
      contrast check sample_data/emb.npy --require 'uniformity <= -2' --require 'alignment <= 0.7'
      contrast check sample_data/emb.parquet --labels ::label --require 'triplets.hard <= 15%'
      contrast check sample_data/emb.npy --require 'infonce(tau=0.07) <= 1.5' -o github
      contrast check sample_data/emb.npy --require 'duplicates == 0' --warn 'p95(infonce) <= 2'

    The inputs are pooled: each rule takes those that it needs, and an input that no rule uses is an
    error. Metrics of the same settings are measured together, and so are triplets of all margins;
    every other loss by itself, once. All rules are reported, each failure with the rows that carry
    it, worst first. Nothing is assumed: a 2-D file alone is one cloud unless --views says that its
    halves are views. A loss takes its own first way of being given that leaves no file out, nt-xent
    two views, supcon labels, whatever other rules take; the report says how the positives were
    found.

    \b
    Rules:
      uniformity <= -2               a metric; NAME.keys is that of the second file or view
      infonce(tau=0.07) <= 3.2       a loss with its parameters
      p95(nt-xent) <= 6              a quantile of its samples: min p5 p25 p50 p75 p95 max
      triplets.hard <= 5%            a share of the triplets; triplets.counts.hard is the count
      contrast help rules            all figures, their fields, parameters and directions

    The raw number is compared, never the printed one. A rule of --warn is reported and never fails.
    A figure that is undefined or cannot be measured is undecided: exit code 2, whatever its level,
    and the other rules are reported all the same.

    \b
    Baselines:
      contrast check emb.npy --require 'uniformity <= -2' --save-baseline baseline.json
      contrast check emb.npy --baseline baseline.json --allow 'uniformity: 2 sigma'

    A baseline saves every value measured; without rules all metrics that the inputs allow, which
    holds each to 1e-6: for a new model name the few that count by rules, and allow for noise. Held
    against it a value may be worse by a relative 1e-6 and no more, unless --allow says so: in its
    unit, in per cent of the saved value, or, for means over samples, in sigmas (standard errors by
    a seeded bootstrap). Figures near 0 (norm_std of unit rows, mean_cosine) want an amount in their
    unit. A better value never fails; where neither way is better, both count.
    Another convention, dimension or number of samples, or positives found in another way (views,
    labels, pairs), is not comparable: exit code 2.

    What is not said here is taken from the configuration: rules, inputs, baseline, allow, top,
    seed; the command line wins. Rules given here replace all of its rules, and need not take its
    inputs; files all of its inputs. --labels and the like without files are laid over its only
    input, --views and other words over each. --save-baseline leaves its baseline out.
    Paths in it are relative to its folder.

    \b
    Exit codes:
      0  every rule of --require holds, and everything could be decided
      1  a rule fails, or a value is worse than the baseline, and nothing else is wrong
      2  usage, bad input, or something undecided: it outranks 1, and all rules are reported
    """
    outputs = parse_outputs(options["output"], SAYS)
    manners = Manners(options["quiet"], options["color"])
    result = _run(ctx, outputs, manners)
    for warning in result.warnings:
        manners.warn(warning)
    for note in result.notes:
        manners.note(note)
    _write(result, outputs, manners)
    _leave(result)


def _run(ctx: click.Context, outputs: list[Output], manners: Manners) -> CheckResult:
    """Put the request together, and measure once."""
    from contrastive_core.gate.front import run_check
    from contrastive_core.gate.merging import merged

    from .check_requests import check_request, configured

    configuration = configured(ctx.params)
    request = merged(configuration, overrides(ctx))
    check_request(request, outputs, configuration)
    if configuration is not None:
        manners.note(f"configuration: {configuration.path}")
    with Bar(manners) as bar:
        return run_check(request, means(ctx.params, bar))


def _write(result: CheckResult, outputs: list[Output], manners: Manners) -> None:
    """In every format."""
    from .render.check import CheckReport
    from .render.github import append_summary, write_github
    from .render.junit import write_junit
    from .render.step_summary import markdown

    own: dict[str, Own] = {
        "md": lambda stream: stream.write(markdown(result)),
        "junit": lambda stream: write_junit(result, stream),
        "github": lambda stream: write_github(result, stream),
    }
    write_all(outputs, writer(CheckReport(result), manners, own))
    if wants(outputs, "github"):
        append_summary(result, manners)


def _leave(result: CheckResult) -> None:
    """With the exit code of the outcome; the report is written by now.

    Raises:
        ContrastError: Something could not be decided.
        ChecksFailed: A rule fails.
    """
    from contrastive_core.gate.verdict import FAILED, UNDECIDED

    from .check_requests import undecided
    from .exits import ChecksFailed

    if result.outcome == UNDECIDED:
        raise undecided(result)
    if result.outcome == FAILED:
        raise ChecksFailed
