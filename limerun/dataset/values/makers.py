"""Map each kind of column to the function that generates its values."""

from limerun.dataset.values import (
    birthdates,
    companies,
    composed_text,
    dates,
    foreign_keys,
    listed_values,
    measured_columns,
    numbers,
    people,
    prose,
)
from limerun.dataset.values.block import Makers
from limerun.dataset.values.word_choices import words_of_kind

MAKERS: Makers = {
    "firstname": words_of_kind,
    "lastname": words_of_kind,
    "fullname": people.fullname,
    "gender": people.gender,
    "birthdate": dates.moments,
    "nationalid": birthdates.nationalid,
    "email": people.email,
    "phone": people.phone,
    "position": words_of_kind,
    "company": companies.company,
    "link": companies.link,
    "registrationno": companies.registrationno,
    "street": companies.street,
    "postalcode": companies.postalcode,
    "city": words_of_kind,
    "country": words_of_kind,
    "subject": words_of_kind,
    "text": prose.text,
    "template": composed_text.template,
    "choice": listed_values.choice,
    "set": listed_values.keys,
    "constant": listed_values.constant,
    "null": listed_values.null,
    "sequence": numbers.sequence,
    "integer": numbers.integer,
    "decimal": numbers.decimal,
    "percent": numbers.percent,
    "yesno": numbers.yesno,
    "date": dates.moments,
    "time": dates.moments,
    "belongsto": foreign_keys.belongsto,
    "user": foreign_keys.user,
    "pair": foreign_keys.pair,  # internal: columns of a table of pairs
    "like": measured_columns.like,  # internal: columns from a shape
}
