"""Pages of evidence: what a protocol has, beside the tests that show it.

A test says in one line what it shows:

    @pytest.mark.covers("vizpin", client="user.list", twin="user.count user.list", rule="paging.*")

The first word is the page; each keyword is a column of it (`inventory.Axis`), its value the names
of rows there, with `*` for many. What nothing shows is printed as not tested.

`declared` reads those lines without running anything; `inventory` is what a page is made of;
`vizpin` and `wincardcore` say what there is to show; `page` writes it down.
"""
