"""Which function makes the values of which kind. A table."""

from limerun.dataset import (
    births,
    composing,
    firms,
    like,
    moments,
    numbers,
    pairs,
    people,
    prose,
    relations,
    texts,
)
from limerun.dataset.block import Makers

MAKERS: Makers = {
    "firstname": people.firstname,
    "lastname": people.lastname,
    "fullname": people.fullname,
    "gender": people.gender,
    "birthdate": moments.moments,
    "nationalid": births.nationalid,
    "email": people.email,
    "phone": people.phone,
    "position": people.position,
    "company": firms.company,
    "link": firms.link,
    "registrationno": firms.registrationno,
    "street": firms.street,
    "postalcode": firms.postalcode,
    "city": firms.city,
    "country": firms.country,
    "subject": texts.subject,
    "text": prose.text,
    "template": composing.template,
    "choice": texts.choice,
    "set": texts.keys,
    "constant": texts.constant,
    "null": texts.null,
    "sequence": numbers.sequence,
    "integer": numbers.integer,
    "decimal": numbers.decimal,
    "percent": numbers.percent,
    "yesno": numbers.yesno,
    "date": moments.moments,
    "time": moments.moments,
    "belongsto": relations.belongsto,
    "user": relations.user,
    "pair": pairs.pair,  # of no config: a hasandbelongstomany has them
    "like": like.like,  # of no config: a shape decides it
}
