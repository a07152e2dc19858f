"""``linli understand``: what messages seem to be about, as a stream; training and measures. Needs no database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

if TYPE_CHECKING:
    from linli.intake.understanding.evaluate import LabelMeasures

LINES = 256
"""Lines answered together when that many are waiting; fewer are answered at once."""
DATA = click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the labelled messages (train.csv).",
)


@click.group(invoke_without_command=True)
@click.option("--ndjson", is_flag=True, help="Answer lines of JSON from standard input.")
@click.option("--full", is_flag=True, help="With --ndjson: all fields of a suggestion, not only the stable four.")
@click.pass_context
def understand(context: click.Context, ndjson: bool, full: bool) -> None:
    """Say what messages seem to be about.

    With --ndjson: reads {"id", "title", "detail"} lines, writes {"id", "label", "matter", "confidence"} lines in their
    order. confidence belongs to the matter; without a matter (null) it is low. A broken line gives {"id": null,
    "error", "line"}; the stream goes on and the exit status is 1.
    """
    if context.invoked_subcommand is not None:
        if ndjson:
            raise click.UsageError("--ndjson goes without a sub-command")
        return
    if not ndjson:
        raise click.UsageError("say --ndjson, or one of the sub-commands train and evaluate")
    from linli.intake.understanding.stream import answer

    broken, first = 0, 1
    for lines in _waiting_lines(sys.stdin.buffer):
        answers = answer(lines, first=first, full=full)
        sys.stdout.buffer.write(answers.lines)
        sys.stdout.buffer.flush()
        broken, first = broken + answers.broken, first + len(lines)
    if broken:
        click.echo(f"{broken} of {first - 1} lines could not be read; each is named in the output", err=True)
        context.exit(1)


def _waiting_lines(source: BinaryIO) -> Iterator[list[bytes]]:
    """Whole lines as they come: what is there is passed on without waiting for more."""
    read = getattr(source, "read1", source.read)
    rest: list[bytes] = []
    while piece := read(1 << 18):
        *whole, last = piece.split(b"\n")
        if whole:
            whole[0] = b"".join([*rest, whole[0]])
            rest = []
            for start in range(0, len(whole), LINES):
                yield whole[start : start + LINES]
        rest.append(last)
    if any(rest):
        yield [b"".join(rest)]


@understand.command()
@DATA
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the weights.")
def train(data: Path, out: Path | None) -> None:
    """Fit the label model anew on all labelled messages; print its measures on held-out ones first.

    Without --out the measures are printed and nothing is written.
    """
    from linli.intake.understanding.train import load_rows
    from linli.intake.understanding.train import train as fit

    try:
        rows = load_rows(data)
        _print_labels(data)
        model = fit(rows)
    except (RuntimeError, ValueError, FileNotFoundError) as reason:
        raise click.ClickException(str(reason)) from reason
    content = model.to_bytes()
    click.echo(f"fitted on all {len(rows)} rows: {len(content):,} bytes, temperature {model.temperature:.3f}")
    if out is not None:
        out.write_bytes(content)
        click.echo(f"written to {out}")


@understand.command()
@DATA
@click.option(
    "--grades",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Hand grades of suggested matters (columns source, message_id, part, matters).",
)
def evaluate(data: Path, grades: Path | None) -> None:
    """Measure the labels on the fixed validation split, and with --grades the matters."""
    try:
        _print_labels(data)
        if grades is not None:
            _print_matters(data, grades)
    except (RuntimeError, ValueError, FileNotFoundError) as reason:
        raise click.ClickException(str(reason)) from reason


def _print_labels(data: Path) -> None:
    from linli.intake.understanding.evaluate import evaluate_labels
    from linli.intake.understanding.train import load_rows

    measured = evaluate_labels(load_rows(data))
    click.echo("labels, validation split            rows  accuracy  macro-F1    ECE  share at 97 %")
    _print_row("tokens only", measured.tokens)
    _print_row("raw text", measured.raw)
    _print_row("baseline (TF-IDF, SVM), tokens", measured.baseline_tokens)
    _print_row("baseline (TF-IDF, SVM), raw text", measured.baseline_raw)
    click.echo("per label (tokens)   precision  recall     F1  rows")
    for label, (precision, recall, f1, rows) in measured.tokens.per_label.items():
        click.echo(f"  {label:\N{IDEOGRAPHIC SPACE}<8} {precision:9.3f} {recall:7.3f} {f1:6.3f} {rows:5d}")


def _print_row(name: str, row: LabelMeasures) -> None:
    error = "     –" if row.calibration_error is None else f"{row.calibration_error:6.3f}"
    share = "       –" if row.at_97 is None else f"{row.at_97:8.3f}"
    click.echo(f"  {name:<32} {row.rows:5d}    {row.accuracy:.4f}    {row.macro_f1:.4f} {error} {share}")


def _print_matters(data: Path, grades: Path) -> None:
    from linli.intake.understanding.evaluate import evaluate_matters, load_grades

    for part in ("development", "evaluation"):
        graded = load_grades(grades, part=part)
        if not graded:
            continue
        result = evaluate_matters(data, graded)
        click.echo(
            f"matters, {part} part: {result.messages} messages, {result.suggested} suggested, {result.accepted} "
            f"accepted, {result.rightly_none} rightly none, {result.missed} missed, ECE {result.calibration_error:.3f}"
        )
        for least, (share, accepted) in result.at.items():
            click.echo(f"  confidence ≥ {least:.2f}: {share:5.1%} of messages, {accepted:5.1%} accepted")
