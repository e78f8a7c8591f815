"""Older revisions of a form: their records are lifted step by step to the present one."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from biomoa.forms.model import Form, Revision, Upgrade


def steps_from(form: Form, revision: str) -> list[Revision] | None:
    """The revisions after ``revision``, oldest first; None when the form never had it."""
    history = sorted(form.history, key=lambda one: (one.date, one.revision))
    names = [one.revision for one in history]
    if revision not in names:
        return None
    return history[names.index(revision) + 1 : names.index(form.revision) + 1]


def upgrade(form: Form, values: Mapping[str, str], from_revision: str) -> dict[str, str]:
    """A record of an older revision as the present one wants it. Raises KeyError for an unknown revision."""
    steps = steps_from(form, from_revision)
    if steps is None:
        raise KeyError(from_revision)
    found = dict(values)
    for step in steps:
        found = _lift(found, step.upgrade)
    return found


def upgrade_frame(form: Form, frame: pl.DataFrame, from_revision: str) -> pl.DataFrame:
    """The same for a table of strings. Raises KeyError for an unknown revision."""
    steps = steps_from(form, from_revision)
    if steps is None:
        raise KeyError(from_revision)
    for step in steps:
        frame = _lift_frame(frame, step.upgrade)
    return frame


def old_names(form: Form, revision: str) -> dict[str, str]:
    """Name of a field in the older revision -> its present name ("" when it was dropped)."""
    found: dict[str, str] = {}
    for step in steps_from(form, revision) or ():
        found = {old: step.upgrade.rename.get(new, new) for old, new in found.items()}
        found |= {old: new for old, new in step.upgrade.rename.items() if old not in found}
        found |= dict.fromkeys(step.upgrade.drop, "")
    return found


def _lift(values: dict[str, str], step: Upgrade) -> dict[str, str]:
    lifted = {step.rename.get(name, name): value for name, value in values.items() if name not in step.drop}
    for name, table in step.values.items():
        if name in lifted:
            lifted[name] = table.get(lifted[name], lifted[name])
    for name, value in step.default.items():
        lifted[name] = lifted.get(name) or value
    return lifted


def _lift_frame(frame: pl.DataFrame, step: Upgrade) -> pl.DataFrame:
    frame = frame.drop([name for name in step.drop if name in frame.columns])
    frame = frame.rename({old: new for old, new in step.rename.items() if old in frame.columns})
    frame = frame.with_columns(
        pl.col(name).replace(dict(table)) for name, table in step.values.items() if name in frame.columns
    )
    for name, value in step.default.items():
        column = pl.col(name).fill_null("") if name in frame.columns else pl.lit("")
        frame = frame.with_columns(pl.when(column == "").then(pl.lit(value)).otherwise(column).alias(name))
    return frame
