"""Column kinds of texts, and of birthdates and genders."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from limerun.dataset.design import option_types as read
from limerun.dataset.design.kind_model import (
    KIND,
    DrawnColumn,
    Excludes,
    KindModel,
    Length,
    Moment,
    Share,
    TextTemplate,
    Types,
    WordColumn,
)
from limerun.storage import TEXT_TYPES, TIME_TYPES


class FirstNameColumn(WordColumn):
    """First names of women and men, in the language of the locale."""

    kind: Literal["firstname"] = KIND


class LastNameColumn(WordColumn):
    """Last names, in the language of the locale."""

    kind: Literal["lastname"] = KIND


class FullNameColumn(KindModel):
    """Full names, from the row's first and last name."""

    kind: Literal["fullname"] = KIND


class GenderColumn(KindModel):
    """Genders that match the row's first name."""

    makes: ClassVar[Types] = frozenset({"option"}) | TEXT_TYPES

    kind: Literal["gender"] = KIND
    female: str = Field("female", description="Text for women.")
    male: str = Field("male", description="Text for men.")

    @model_validator(mode="after")
    def _refuse_one_word_for_both(self) -> Self:
        if self.female == self.male:
            raise ValueError("female and male must be different words")
        return self


class BirthdateColumn(KindModel):
    """Dates of birth that match the row's identity number."""

    makes: ClassVar[Types] = TIME_TYPES
    natural: ClassVar[str] = "date"

    kind: Literal["birthdate"] = KIND
    from_: Moment = Field(
        read.FIRST_BIRTH, alias="from", description="Earliest date, such as 1940-01-01."
    )
    to: Moment = Field(read.LAST_BIRTH, description="Latest date, such as 2006-01-01.")


class NationalIdColumn(KindModel):
    """Personal identity numbers in the locale's format that belong to nobody."""

    can_be_unique: ClassVar[bool] = True

    kind: Literal["nationalid"] = KIND
    foreign_rate: Share = Field(
        0.0, description="Share of samordningsnummer and D-numbers."
    )


class EmailColumn(KindModel):
    """E-mail addresses in reserved domains that match the row's names."""

    can_be_unique: ClassVar[bool] = True

    kind: Literal["email"] = KIND


class PhoneColumn(WordColumn):
    """Telephone numbers that belong to nobody."""

    kind: Literal["phone"] = KIND


class CompanyColumn(WordColumn):
    """Names of companies."""

    kind: Literal["company"] = KIND


class StreetColumn(WordColumn):
    """Streets and house numbers."""

    kind: Literal["street"] = KIND


class PostalCodeColumn(WordColumn):
    """Postal codes of the locale."""

    kind: Literal["postalcode"] = KIND


class CityColumn(WordColumn):
    """Cities, in the language of the locale."""

    kind: Literal["city"] = KIND


class CountryColumn(WordColumn):
    """Countries, in the language of the locale."""

    kind: Literal["country"] = KIND


class LinkColumn(KindModel):
    """Web addresses in reserved domains that match the row's company."""

    can_be_unique: ClassVar[bool] = True

    kind: Literal["link"] = KIND


class RegistrationNumberColumn(WordColumn):
    """Registration numbers of companies, with a valid check digit."""

    kind: Literal["registrationno"] = KIND


class PositionColumn(WordColumn):
    """Job titles."""

    kind: Literal["position"] = KIND


class SubjectColumn(WordColumn):
    """A few words, as in the subject line of an e-mail."""

    kind: Literal["subject"] = KIND


class TextColumn(DrawnColumn):
    """Sentences with a maximum length, a range of lengths, or an average length."""

    natural: ClassVar[str] = "text"
    needs: ClassVar[Mapping[str, str]] = {
        **DrawnColumn.needs,
        **{"min": "max", "max": "min", "mean": "spread", "spread": "mean"},
    }
    excludes: ClassVar[Excludes] = {
        "length": ("max", "mean"),
        "min": ("mean",),
        "max": ("mean",),
    }

    kind: Literal["text"] = KIND
    length: Length = Field(200, description="Maximum number of characters.")
    min: Length | None = Field(None, description="Minimum number of characters.")
    max: Length | None = Field(None, description="Maximum number of characters.")
    mean: Length | None = Field(None, description="Average number of characters.")
    spread: Length | None = Field(
        None, description="Standard deviation of the number of characters."
    )


class TemplateColumn(KindModel):
    """Text composed of other columns of the row."""

    can_be_unique: ClassVar[bool] = True

    kind: Literal["template"] = KIND
    template: TextTemplate = Field(
        description='Such as "{firstname|slug}.{lastname|slug}-{row}@example.com".'
    )
