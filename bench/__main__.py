"""All measurements, one after another, as Markdown: `make bench`."""

from bench import document, parsing, plan, sync
from bench.report import heading, machine

if __name__ == "__main__":
    print(machine())
    sync.main()
    heading("Planning, in memory")
    plan.main()
    parsing.main()
    document.main()
