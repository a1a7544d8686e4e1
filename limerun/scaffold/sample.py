"""A task to start from, where there is none: an import, as the guide advises it."""

from limerun.scaffold.rendering import CONFIG, LIMETYPES, part, render_config

TASK_FILE = "tasks/import_contracts.py"
TASK = f"{TASK_FILE}:import_contracts"
_COLUMNS = {
    "number": "contract.number",
    "name": "contract.name",
    "status": "contract.status",
    "value": "contract.value",
    "startdate": "contract.startdate",
    "enddate": "contract.enddate",
    "comment": "contract.comment",
    "customer": "contract.company.registrationno",
}


def sample_files() -> dict[str, str]:
    """Return a config, its task and its data model, which pass within seconds."""
    config = render_config(
        {
            "config": CONFIG,
            "task": TASK,
            "kind": "lime",
            "others": (),
            "python": None,
            "has_platform": False,
            "parameters": [
                {
                    "key": "path",
                    "value": "${sources.contracts}",
                    "why": "the file that limerun makes, below under sources",
                }
            ],
            "dataset": {
                "limetypes": LIMETYPES,
                "why": "put your application's own there",
                "rows": {"company": "1_000", "contract": "5_000"},
                "properties": {
                    "company.registrationno": "{unique: true}",
                    "contract.number": '{kind: sequence, format: "K-{:07d}"}',
                },
                "example": "contract",
            },
            "exports": [
                {
                    "name": "contracts",
                    "is_url": False,
                    "is_guess": False,
                    "format": "jsonl",
                    "rows": "6_000",
                    "overlap": 0.5,
                    "why": "values of the limetypes' properties, so that rows agree",
                    "columns": _COLUMNS,
                }
            ],
        }
    )
    return {
        CONFIG: config,
        LIMETYPES: part("sample-types.yaml"),
        TASK_FILE: part("import_contracts.py.txt"),
    }
