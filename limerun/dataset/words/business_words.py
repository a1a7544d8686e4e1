"""Words of business, by locale: trades, positions, text, place names.

limerun uses these short lists where Faker has no list in the language.
"""

TRADES: dict[str, str] = {
    "sv_SE": "Bygg Teknik Konsult Fastigheter Transport Elektriska Måleri Redovisning "
    "Trädgård Verkstad Mekaniska Förvaltning Livs Rör Data Entreprenad Logistik Design "
    "Plåt Handel",
    "nb_NO": "Bygg Teknikk Rådgivning Eiendom Transport Elektro Maleri Regnskap Hage "
    "Verksted Mekaniske Forvaltning Mat Rør Data Entreprenør Logistikk Design Handel",
    "fi_FI": "Rakennus Tekniikka Konsultointi Kiinteistöt Kuljetus Sähkö Maalaus "
    "Tilitoimisto Puutarha Konepaja Isännöinti Putki Data Urakointi Logistiikka Kauppa",
    "da_DK": "Byg Teknik Rådgivning Ejendomme Transport El Maler Revision Have "
    "Værksted Maskin Forvaltning Fødevarer VVS Data Entreprise Logistik Design Handel",
    "nl_NL": "Bouw Techniek Advies Vastgoed Transport Elektro Schilders Administratie "
    "Tuinen Werkplaats Beheer Voeding Installatie Data Logistiek Ontwerp Handel",
    "en_US": "Construction Technology Consulting Properties Transport Electric Painting "
    "Accounting Gardens Mechanical Management Foods Plumbing Data Logistics Design Trading",
    "de_DE": "Bau Technik Beratung Immobilien Transport Elektro Malerbetrieb Treuhand "
    "Gartenbau Werkstatt Maschinenbau Verwaltung Lebensmittel Daten Logistik Handel",
}

POSITIONS: dict[str, str] = {
    "sv_SE": "Säljare,Säljchef,Inköpare,Inköpschef,Ekonomichef,Ekonomiassistent,"
    "Projektledare,Konsult,Verkställande direktör,Marknadschef,Marknadsförare,"
    "Kundansvarig,Supporttekniker,Utvecklare,Arkitekt,Platschef,Servicetekniker,"
    "Personalchef,Administratör,Controller,Logistiker,Produktchef,Driftchef",
    "nb_NO": "Selger,Salgssjef,Innkjøper,Innkjøpssjef,Økonomisjef,Regnskapsmedarbeider,"
    "Prosjektleder,Konsulent,Daglig leder,Markedssjef,Markedsfører,Kundeansvarlig,"
    "Supporttekniker,Utvikler,Arkitekt,Anleggsleder,Servicetekniker,Personalsjef,"
    "Administrator,Controller,Logistiker,Produktsjef,Driftssjef",
    "nl_NL": "Verkoper,Verkoopleider,Inkoper,Hoofd inkoop,Financieel directeur,"
    "Boekhouder,Projectleider,Consultant,Algemeen directeur,Marketingmanager,"
    "Accountmanager,Servicemonteur,Ontwikkelaar,Architect,Uitvoerder,Personeelschef,"
    "Administrateur,Controller,Logistiek medewerker,Productmanager,Bedrijfsleider",
}

WORDS: dict[str, str] = {
    "sv_SE": "avtal offert kund möte leverans service faktura ärende pris villkor "
    "underlag beställning uppföljning förlängning projekt installation utbildning "
    "licens support rapport kontakt ansvarig datum förslag ändring tillägg översyn "
    "kvartal budget beslut planering återkoppling garanti reklamation återförsäljare "
    "samarbete behov produkt volym rabatt genomgång start avslut kontroll enligt inför "
    "efter med för till och om från gällande ny befintlig årlig preliminär slutlig",
    "nb_NO": "avtale tilbud kunde møte leveranse service faktura sak pris vilkår "
    "grunnlag bestilling oppfølging forlengelse prosjekt installasjon opplæring "
    "lisens støtte rapport kontakt ansvarlig dato forslag endring tillegg gjennomgang "
    "kvartal budsjett beslutning planlegging tilbakemelding garanti reklamasjon "
    "forhandler samarbeid behov produkt volum rabatt oppstart avslutning kontroll "
    "ifølge før etter med for til og om fra gjeldende ny eksisterende årlig endelig",
    "fi_FI": "sopimus tarjous asiakas kokous toimitus huolto lasku asia hinta ehdot "
    "aineisto tilaus seuranta jatko projekti asennus koulutus lisenssi tuki raportti "
    "yhteys vastuuhenkilö päivä ehdotus muutos lisäys tarkistus neljännes budjetti "
    "päätös suunnittelu palaute takuu reklamaatio jälleenmyyjä yhteistyö tarve tuote "
    "määrä alennus läpikäynti aloitus päätös mukaan ennen jälkeen kanssa varten ja uusi "
    "nykyinen vuosittainen alustava lopullinen",
}

PLACES: dict[str, tuple[str, str]] = {
    "sv_SE": (
        "Björk Ek Gran Häst Kvarn Lind Mark Sjö Sten Söder Väster Öster Norr Lund Älv "
        "Berg Kyrk Hassel Bäck Rå Fager Sunn Ing Vall",
        "köping by sta torp berga hult vik näs boda hamn fors ås lösa inge",
    ),
    "nb_NO": (
        "Bjørke Eik Gran Heste Kverne Linde Mark Sjø Stein Sør Vest Øst Nord Lund Elve "
        "Berg Kirke Hassel Bekke Rå Fager Sunn",
        "vik nes stad dal fjord heim strand haug sund voll bru fors",
    ),
    "fi_FI": (
        "Koivu Tammi Kuusi Hevos Mylly Lehmus Järvi Kivi Etelä Länsi Itä Pohjois Lehto "
        "Joki Mäki Kirkko Pähkinä Puro Uusi Vanha",
        "niemi lahti järvi koski mäki kylä salmi ranta vaara saari harju suo",
    ),
    "da_DK": (
        "Birke Ege Gran Heste Mølle Linde Mark Sø Sten Sønder Vester Øster Nørre Lund "
        "Kirke Hassel Bække Fager Ny Høj",
        "by borg rup sted lev strup havn bjerg skov ager inge toft",
    ),
    "nl_NL": (
        "Berken Eiken Dennen Paarden Molen Linden Meer Steen Zuid West Oost Noord Loo "
        "Kerk Hazel Beek Nieuw Hoog Veen Zand",
        "dam dijk hoven burg veld wijk drecht loo kerk broek horst zijl",
    ),
    "en_US": (
        "Birch Oak Pine Mill Lake Stone South West East North Elm Church Hazel Brook "
        "New High Clear Fair Spring Maple",
        "ville ton burg field wood port dale ford mont view haven side",
    ),
    "de_DE": (
        "Birken Eichen Tannen Ross Mühl Linden See Stein Süder Wester Oster Norder Wald "
        "Kirch Hasel Bach Neu Hoch Moor Sand",
        "burg dorf hausen heim berg feld stadt bach brück hagen rode tal",
    ),
}
"""First and last parts of place names."""
