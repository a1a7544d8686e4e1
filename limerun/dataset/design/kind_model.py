"""Define the base models of column kinds: common options and rules."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from limerun.dataset.design import option_types as read
from limerun.dataset.design.option_types import Children
from limerun.dataset.design.text_templates import Pattern, read_pattern
from limerun.storage import TEXT_TYPES


def _list_of(**items: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "array", "items": items, "minItems": 1})


_BOUND = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
_FAN_OUT = {"type": "string", "enum": [*read.FAN_OUTS]}
_CHILDREN = {
    "type": "object",
    "properties": {"min": _BOUND, "max": _BOUND, "distribution": _FAN_OUT},
    "required": ["min", "max"],
    "additionalProperties": False,
}
_HOURS = {
    "type": "array",
    "items": {"type": "integer", "minimum": 0, "maximum": 24},
    "minItems": 2,
    "maxItems": 2,
}

Share = Annotated[float, Field(ge=0, le=1)]
Skew = Annotated[float, Field(ge=0, le=3)]
Number = Annotated[float, Field(gt=-(10**15), lt=10**15)]
Whole = Annotated[int, Field(ge=-(2**62), le=2**62)]
Length = Annotated[int, Field(ge=1, le=1_000_000)]
Words = Annotated[tuple[str, ...], PlainValidator(read.texts), _list_of()]
Weights = Annotated[
    tuple[int, ...],
    PlainValidator(read.weights),
    _list_of(type="number", minimum=0, maximum=10**9),
]
Moment = Annotated[int, PlainValidator(read.moment), WithJsonSchema({"type": "string"})]
Hours = Annotated[tuple[int, int], PlainValidator(read.hours), WithJsonSchema(_HOURS)]
ChildCounts = Annotated[
    Children, PlainValidator(read.children), WithJsonSchema(_CHILDREN)
]
NumberFormat = Annotated[
    tuple[str, str, str],
    PlainValidator(read.template),
    WithJsonSchema({"type": "string"}),
]
TextTemplate = Annotated[
    Pattern, PlainValidator(read_pattern), WithJsonSchema({"type": "string"})
]

Types = frozenset[str]
Excludes = Mapping[str, tuple[str, ...]]
KIND = Field(description="How the values are generated.")


class OptionsModel(BaseModel):
    """Options by name; rejects unknown, invalid and ineffective ones."""

    needs: ClassVar[Mapping[str, str]] = {}
    """Options that have no effect without another option."""
    excludes: ClassVar[Excludes] = {}
    """Options that have no effect in combination with certain others."""

    @staticmethod
    def _describe_rules(schema: dict[str, Any], model: type["OptionsModel"]) -> None:
        """Add the rules between options to a JSON Schema."""
        schema["dependentRequired"] = {
            option: [other] for option, other in model.needs.items()
        }
        schema["dependentSchemas"] = {
            option: {"properties": dict.fromkeys(others, False)}
            for option, others in model.excludes.items()
        }
        for rules in ("dependentRequired", "dependentSchemas"):
            if not schema[rules]:
                del schema[rules]

    model_config = ConfigDict(
        strict=True, extra="forbid", frozen=True, json_schema_extra=_describe_rules
    )

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """Return every option's default by its name, in order."""
        return {
            field.alias or name: field.default
            for name, field in cls.model_fields.items()
            if name != "kind"
        }

    def by_name(self) -> dict[str, Any]:
        """Return every option's value by its name, in order."""
        return {
            field.alias or name: getattr(self, name)
            for name, field in type(self).model_fields.items()
            if name != "kind"
        }

    @model_validator(mode="after")
    def _refuse_idle_options(self) -> Self:
        fields = type(self).model_fields
        given = [fields[name].alias or name for name in self.model_fields_set]
        for option in sorted(given, key=[*self.defaults(), "kind"].index):
            needed = self.needs.get(option)
            if needed is not None and needed not in given:
                raise ValueError(
                    f"{option} has no effect without {needed}; add {needed}, or "
                    f"remove {option}"
                )
            for other in self.excludes.get(option, ()):
                if other in given:
                    raise ValueError(
                        f"{option} has no effect together with {other}; remove one"
                    )
        return self


class KindModel(OptionsModel):
    """A kind of column; these options apply to every kind."""

    makes: ClassVar[Types] = TEXT_TYPES
    """The property types that can store its values."""
    natural: ClassVar[str] = "string"
    """The property type of a column of this kind that is not in the database."""
    can_be_unique: ClassVar[bool] = False

    null_rate: Share = Field(0.0, description="Share of rows without a value.")
    unique: bool = Field(False, description="True if all values differ; adds an index.")

    @model_validator(mode="after")
    def _refuse_swapped_bounds(self) -> Self:
        options = self.by_name()
        for least, most in (("min", "max"), ("from", "to")):
            if options.get(least) is not None and options[least] > options[most]:
                raise ValueError(f"{least} is larger than {most}; swap them")
        return self

    @model_validator(mode="after")
    def _refuse_repeats_of_unique_values(self) -> Self:
        if not self.unique:
            return self
        options = self.by_name()
        if options.get("cardinality") is not None:
            raise ValueError(
                "unique and cardinality contradict each other, because unique means as "
                "many values as rows; remove one"
            )
        distribution = options.get("distribution") or "uniform"
        if distribution != "uniform":
            raise ValueError(
                f"distribution {distribution} has no effect on unique values, which "
                "occur once each; remove distribution or unique"
            )
        return self


class DrawnColumn(KindModel):
    """A kind whose values are drawn at random, independent of other columns."""

    needs: ClassVar[Mapping[str, str]] = {"skew": "cardinality"}

    cardinality: Annotated[int, Field(ge=1, le=10**9)] | None = Field(
        None, description="Number of different values."
    )
    skew: Skew = Field(
        0.0,
        description="How much more frequent some values are; 0: all are equally frequent, "
        "1: as in Zipf's law.",
    )


class WordColumn(DrawnColumn):
    """Words or numbers from the locale."""

    can_be_unique: ClassVar[bool] = True
