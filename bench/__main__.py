"""All measurements, one after another, as Markdown: `make bench`."""

from bench import (
    document,
    parsing,
    plan,
    sync,
    vizpin_grants,
    vizpin_twin,
    wincardcore_accounts,
    wincardcore_transactions,
    wincardcore_upload,
)
from bench.report import heading, machine

if __name__ == "__main__":
    print(machine())
    sync.main()
    heading("Planning, in memory")
    plan.main()
    parsing.main()
    document.main()
    vizpin_twin.main()
    vizpin_grants.main()
    wincardcore_transactions.main()
    wincardcore_upload.main()
    wincardcore_accounts.main()
