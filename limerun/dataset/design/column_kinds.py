"""Define the kinds of column and their options.

Each kind is one pydantic model. It validates the options of a column, and the JSON
Schema of the config is generated from it.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar, get_args

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from limerun.dataset.design.kind_model import (
    KIND,
    ChildCounts,
    Excludes,
    KindModel,
    OptionsModel,
    Skew,
    Types,
    Weights,
    Words,
)
from limerun.dataset.design.layout import LARGEST_TABLE
from limerun.dataset.design.mistakes import unknown
from limerun.dataset.design.number_kinds import (
    DateColumn,
    DecimalColumn,
    IntegerColumn,
    PercentColumn,
    SequenceColumn,
    TimeColumn,
    YesNoColumn,
)
from limerun.dataset.design.text_kinds import (
    BirthdateColumn,
    CityColumn,
    CompanyColumn,
    CountryColumn,
    EmailColumn,
    FirstNameColumn,
    FullNameColumn,
    GenderColumn,
    LastNameColumn,
    LinkColumn,
    NationalIdColumn,
    PhoneColumn,
    PositionColumn,
    PostalCodeColumn,
    RegistrationNumberColumn,
    StreetColumn,
    SubjectColumn,
    TemplateColumn,
    TextColumn,
)
from limerun.errors import DatasetError
from limerun.storage import PROPERTY_TYPES, RELATION_TYPES, REMOTE_TYPES, TEXT_TYPES
from limerun.wording import fault_text


class ChoiceColumn(KindModel):
    """A value from a list."""

    makes: ClassVar[Types] = frozenset({"option"}) | TEXT_TYPES
    excludes: ClassVar[Excludes] = {"weights": ("skew",)}

    kind: Literal["choice"] = KIND
    options: Words = Field(
        (), description="Possible values. Default: the property's options."
    )
    weights: Weights | None = Field(
        None, description="Relative frequency of each value."
    )
    skew: Skew | None = Field(
        None,
        description="How much more frequent the first values are; 0: all equally "
        "frequent. Default: 1.",
    )

    @model_validator(mode="after")
    def _check_options(self) -> Self:
        if not self.options:
            raise ValueError("choice needs options; add the list of values")
        if self.weights is not None and len(self.weights) != len(self.options):
            raise ValueError(
                f"there are {len(self.weights)} weights for {len(self.options)} "
                "options; write one weight for each option"
            )
        return self


class SetColumn(KindModel):
    """Some of a set's keys, separated by semicolons."""

    makes: ClassVar[Types] = frozenset({"set"})

    kind: Literal["set"] = KIND
    options: Words = Field(
        (), description="Possible keys. Default: the property's options."
    )

    @model_validator(mode="after")
    def _check_options(self) -> Self:
        if not self.options:
            raise ValueError("set needs options; add the list of keys")
        return self


class ConstantColumn(KindModel):
    """The same value in every row."""

    makes: ClassVar[Types] = PROPERTY_TYPES - RELATION_TYPES - {"system"}

    kind: Literal["constant"] = KIND
    value: Any = Field(description="The value.")


class NullColumn(KindModel):
    """Null in every row."""

    makes: ClassVar[Types] = (
        PROPERTY_TYPES - REMOTE_TYPES - {"hasandbelongstomany", "system"}
    )

    kind: Literal["null"] = KIND


class BelongsToColumn(KindModel):
    """A link to a row of the related limetype."""

    makes: ClassVar[Types] = frozenset({"belongsto"})
    natural: ClassVar[str] = "belongsto"
    excludes: ClassVar[Excludes] = {"skew": ("children",)}

    kind: Literal["belongsto"] = KIND
    skew: Skew = Field(
        0.5,
        description="Exponent of Zipf's law: how unevenly links are distributed over "
        "rows; 0: evenly.",
    )
    children: ChildCounts | None = Field(
        None,
        description="Minimum and maximum number of children per parent, and their distribution.",
    )


class PairOptions(OptionsModel):
    """Options for pairing the rows of a hasandbelongstomany."""

    children: ChildCounts | None = Field(
        None, description="Minimum and maximum number of related rows per row."
    )
    pairs: Annotated[int, Field(ge=0, le=LARGEST_TABLE)] | None = Field(
        None, description="Total number of pairs."
    )
    skew: Skew | None = Field(
        None,
        description="How much more frequent some related rows are; 0: all equally "
        "frequent.",
    )


class UserColumn(KindModel):
    """Ids of users. The first row has user 1, all others are null."""

    makes: ClassVar[Types] = frozenset({"user"})
    natural: ClassVar[str] = "user"

    kind: Literal["user"] = KIND


ColumnKind = Annotated[
    FirstNameColumn
    | LastNameColumn
    | FullNameColumn
    | GenderColumn
    | BirthdateColumn
    | NationalIdColumn
    | EmailColumn
    | PhoneColumn
    | CompanyColumn
    | StreetColumn
    | PostalCodeColumn
    | CityColumn
    | CountryColumn
    | LinkColumn
    | RegistrationNumberColumn
    | PositionColumn
    | SubjectColumn
    | TextColumn
    | TemplateColumn
    | SequenceColumn
    | ChoiceColumn
    | SetColumn
    | ConstantColumn
    | NullColumn
    | IntegerColumn
    | DecimalColumn
    | PercentColumn
    | YesNoColumn
    | DateColumn
    | TimeColumn
    | BelongsToColumn
    | UserColumn,
    Field(discriminator="kind"),
]
"""Any column, by its kind."""

KINDS: Mapping[str, type[KindModel]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model
    for model in get_args(get_args(ColumnKind)[0])
}


def describe_columns(handler: GetJsonSchemaHandler) -> list[dict[str, Any]]:
    """Return the JSON Schemas of a column: with a given kind, and with a guessed kind.

    Args:
        handler: The handler of the surrounding schema.
    """
    with_kind = handler(TypeAdapter(ColumnKind).core_schema)
    every: list[type[OptionsModel]] = [*KINDS.values(), PairOptions]
    options = dict.fromkeys(name for model in every for name in model.defaults())
    guessed = {
        "type": "object",
        "description": "Options for the kind that is guessed from name, label and type.",
        "properties": {name: {} for name in options} | {"kind": False},
        "additionalProperties": False,
    }
    return [with_kind, guessed]


Options = TypeVar("Options", bound=OptionsModel)


def read_options(
    model: type[Options], settings: Mapping[str, object], *, where: str, what: str
) -> Options:
    """Validate the options of a column.

    An option without a value counts as not given.

    Args:
        model: The model of the column's kind.
        settings: The options by name.
        where: The column, for messages.
        what: The kind, for messages.

    Raises:
        DatasetError: An option is unknown, invalid, or has no effect.
    """
    known = model.defaults()
    for option in settings:
        if option not in known:
            raise unknown(where, f"option of {what}", option, known)
    given = {name: value for name, value in settings.items() if value is not None}
    if "kind" in model.model_fields:
        given["kind"] = what
    try:
        return model.model_validate(given)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
    if not detail["loc"]:
        raise DatasetError(f"{where}: {fault_text(detail)}")
    option = str(detail["loc"][0])
    if detail["type"] == "missing":
        raise DatasetError(f"{where}: {what} needs the option {option}")
    raise DatasetError(f"{where}: {option}: {detail['input']!r}: {fault_text(detail)}")
