"""Times of a raw table: unix seconds, datetimes or text, or a clear error."""

import time
import warnings

import numpy as np
import pandas as pd

SECONDS_PER_DAY = 86_400


def unix_seconds(series: pd.Series) -> np.ndarray:
    """Unix seconds as an int64 array; datetimes and text are converted (UTC).

    Raises:
        ValueError: Times are missing, infinite, negative, more than a day
            ahead, or text that is no time.
    """
    name = series.name
    missing = int(series.isna().sum())
    if missing:
        raise ValueError(
            f"{missing} of {len(series)} timestamps in column {name!r} are "
            "missing. Expected a time in every row. Drop those rows, or "
            "leave `timestamp` out."
        )
    if pd.api.types.infer_dtype(series) == "string":
        series, _ = text_times(series)
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        if series.dt.tz is not None:
            series = series.dt.tz_convert("UTC").dt.tz_localize(None)
        values = series.to_numpy().astype("datetime64[s]").astype(np.int64)
    else:
        kind = pd.api.types.infer_dtype(series, skipna=True)
        if kind not in ("integer", "floating", "mixed-integer-float"):
            raise ValueError(
                f"The timestamps in column {name!r} are of type {kind!r}, "
                f"for instance {series.iloc[0]!r}. Expected unix seconds or "
                "datetimes. Convert them first: "
                f"`pd.to_datetime(df[{name!r}])`."
            )
        values = np.floor(series.to_numpy(dtype=np.float64))
        if not np.isfinite(values).all():
            raise ValueError(
                f"A timestamp in column {name!r} is infinite. Expected unix "
                "seconds. Drop or correct those rows."
            )
        values = values.astype(np.int64)
    negative = int((values < 0).sum())
    if negative:
        raise ValueError(
            f"{negative} of {len(values)} timestamps in column {name!r} are "
            f"negative, the least is {values.min()}. Expected unix seconds, "
            "counted from 1970. Correct or drop those rows."
        )
    latest = int(time.time()) + SECONDS_PER_DAY
    future = int((values > latest).sum())
    if future:
        raise ValueError(
            f"{future} of {len(values)} timestamps in column {name!r} lie in "
            f"the future, the last is {values.max()}. Expected unix seconds; "
            "these are probably milliseconds. Divide them: "
            f"`df[{name!r}] // 1000`."
        )
    return values


def text_times(series: pd.Series) -> tuple[pd.Series, str]:
    """Times written as text.

    The day stands before the month only where the other order cannot be.

    Returns:
        The times as datetimes (UTC where the text names a zone), and how
        they are written, for `Layout`.

    Raises:
        ValueError: The text is no time, or not all is written alike.
    """
    first = str(series.iloc[0])
    error = None
    for how in _time_formats(first):
        try:
            times = pd.to_datetime(series, format=how, utc="%z" in how)
        except ValueError as raised:
            error = error or raised
            continue
        # What we make is in whole seconds, of UTC.
        zone = "Z" if first.endswith("Z") else "+00:00"
        return times, how.replace("%z", zone).replace("%S.%f", "%S")
    said = "" if error is None else f" ({' '.join(str(error).split()[:20])})"
    raise ValueError(
        f"The timestamps in column {series.name!r} are text that is not "
        f"always a time, for instance {first!r}{said}. Expected unix seconds, "
        "or times such as '2026-01-31 12:00:00', all written alike. Correct "
        "or drop those rows, or leave the column out."
    )


def _time_formats(text):
    guess = pd.tseries.api.guess_datetime_format
    with warnings.catch_warnings():
        # That one of the two orders cannot be is what we want to know.
        warnings.simplefilter("ignore")
        formats = [guess(text), guess(text, dayfirst=True)]
    return [how for how in dict.fromkeys(formats) if how is not None]
