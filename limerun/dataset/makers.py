"""Which function makes the values of which kind. A table."""

from limerun.dataset import firms, moments, numbers, people, relations, texts
from limerun.dataset.block import Makers

MAKERS: Makers = {
    "firstname": people.firstname,
    "lastname": people.lastname,
    "fullname": people.fullname,
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
    "text": texts.text,
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
}
