"""Column kinds of numbers, booleans, dates and times."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from limerun.dataset.design import option_types as read
from limerun.dataset.design.kind_model import (
    KIND,
    DrawnColumn,
    Excludes,
    Hours,
    KindModel,
    Moment,
    Number,
    NumberFormat,
    Share,
    Types,
    Whole,
)
from limerun.dataset.design.option_limits import units
from limerun.storage import REAL_TYPES, TEXT_TYPES, TIME_TYPES

Distribution = Annotated[
    Literal["uniform", "normal", "lognormal", "exponential"] | None,
    Field(
        description="Distribution of the values. Default: lognormal for decimals, "
        "uniform for integers."
    ),
]
_WHOLE_TYPES = frozenset({"integer", "decimal", "percent", "user"}) | TEXT_TYPES


class SequenceColumn(DrawnColumn):
    """Numbers that increase by one with each row: unique and indexed."""

    makes: ClassVar[Types] = _WHOLE_TYPES
    natural: ClassVar[str] = "integer"
    can_be_unique: ClassVar[bool] = True

    kind: Literal["sequence"] = KIND
    format: NumberFormat | None = Field(
        None, description='Turns the number into text, such as "K-{:07d}".'
    )
    start: Annotated[int, Field(ge=0, le=10**15)] = Field(
        1, description="The first number."
    )


class IntegerColumn(DrawnColumn):
    """Whole numbers."""

    makes: ClassVar[Types] = _WHOLE_TYPES
    natural: ClassVar[str] = "integer"
    can_be_unique: ClassVar[bool] = True

    kind: Literal["integer"] = KIND
    min: Whole = Field(0, description="Smallest value.")
    max: Whole = Field(1_000, description="Largest value.")
    distribution: Distribution = None

    @model_validator(mode="after")
    def _check_numbers(self) -> Self:
        _check_lognormal(self.distribution, self.min)
        uniform = self.distribution in (None, "uniform")
        if not uniform and self.max - self.min > 2**53:
            raise ValueError(
                f"{self.distribution} needs min and max to be at most 2^53 apart; "
                "bring them closer together"
            )
        return self


class DecimalColumn(DrawnColumn):
    """Amounts with decimal places."""

    makes: ClassVar[Types] = REAL_TYPES
    natural: ClassVar[str] = "decimal"
    can_be_unique: ClassVar[bool] = True

    kind: Literal["decimal"] = KIND
    min: Number = Field(100, description="Smallest value.")
    max: Number = Field(5_000_000, description="Largest value.")
    decimals: Annotated[int, Field(ge=0, le=6)] = Field(
        2, description="Number of decimal places."
    )
    distribution: Distribution = None

    @model_validator(mode="after")
    def _check_numbers(self) -> Self:
        _check_lognormal(self.distribution, self.min)
        largest = max(abs(self.min), abs(self.max))
        if largest * 10**self.decimals >= 2**53:
            raise ValueError(
                f"{largest:.15g} with {self.decimals} decimals has too many digits for a "
                "decimal; use fewer decimals"
            )
        least, most = units(self.by_name())
        if least > most:
            raise ValueError(
                f"no number with {self.decimals} decimals lies between "
                f"{self.min:.15g} and {self.max:.15g}; use more decimals"
            )
        return self


def _check_lognormal(distribution: str | None, least: float) -> None:
    if distribution == "lognormal" and least < 0:
        raise ValueError(
            "distribution lognormal needs a min of at least 0; use normal or uniform"
        )


class PercentColumn(DrawnColumn):
    """Percentages, at a fixed interval."""

    makes: ClassVar[Types] = REAL_TYPES
    natural: ClassVar[str] = "percent"

    kind: Literal["percent"] = KIND
    min: Annotated[int, Field(ge=0, le=100)] = Field(0, description="Smallest value.")
    max: Annotated[int, Field(ge=0, le=100)] = Field(100, description="Largest value.")
    step: Annotated[int, Field(ge=1, le=100)] = Field(
        5, description="Difference between two neighbouring values."
    )


class YesNoColumn(KindModel):
    """True or false."""

    makes: ClassVar[Types] = frozenset({"yesno", "integer"})
    natural: ClassVar[str] = "yesno"

    kind: Literal["yesno"] = KIND
    rate: Share = Field(0.5, description="Share of rows whose value is true.")


class PeriodColumn(DrawnColumn):
    """Dates or times, between two bounds or after another column."""

    makes: ClassVar[Types] = TIME_TYPES
    can_be_unique: ClassVar[bool] = True
    needs: ClassVar[Mapping[str, str]] = {**DrawnColumn.needs, "within_days": "after"}
    excludes: ClassVar[Excludes] = {
        "from": ("after",),
        "to": ("after",),
        "after": ("cardinality",),
        "distribution": ("after",),
    }

    from_: Moment = Field(
        read.FIRST_MOMENT, alias="from", description="Earliest, such as 2016-01-01."
    )
    to: Moment = Field(read.LAST_MOMENT, description="Latest, such as 2026-01-01.")
    after: str | None = Field(
        None,
        description="Another date or time of the same row, which is earlier than this "
        "one.",
    )
    within_days: Annotated[int, Field(ge=1, le=40_000)] = Field(
        730, description="Maximum number of days after the other date or time."
    )
    distribution: Literal["uniform", "recent"] | None = Field(
        None,
        description="uniform: all are equally frequent; recent: later values are more "
        "frequent.",
    )
    weekdays: bool = Field(False, description="Use only Monday to Friday.")


class DateColumn(PeriodColumn):
    """Dates, between two dates or after another date of the row."""

    natural: ClassVar[str] = "date"

    kind: Literal["date"] = KIND


class TimeColumn(PeriodColumn):
    """Times, between two dates or after another date of the row."""

    natural: ClassVar[str] = "time"

    kind: Literal["time"] = KIND
    hours: Hours | None = Field(
        None, description="First and last hour of the day, such as [8, 17]."
    )
