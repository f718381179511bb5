"""Where the agent's report lies: on a card in RAM. It is written anew with each receipt and each minute, which would
cost the card more than the visits themselves; on a desk it lies beside the database.
"""

from pathlib import Path

FILE = "sync.json"
RUN = Path("/run/gatepost-agent")  # RuntimeDirectory of sync-agent.service


def report_file(folder: Path, run: Path = RUN) -> Path:
    """The file, for the storage folder `folder`."""
    return (run if run.is_dir() else folder) / FILE
