# The C++ of a page, as programs.
# awk -v part=names|page|N -f page.awk PAGE.md
#   names  the blocks that belong to namespace scope, for a test that calls what they define
#   page   one program of all blocks that are no programs themselves
#   N      the page's N-th block that has a main(), from 1 on
# A block that defines functions or types, or includes headers, at its left margin belongs to namespace scope. All others are
# statements, which run on the root of a pool named "pool"; behind the line "<!-- snippet: on every rank -->" they run on
# each rank, with "comm". Each block sees the names of those above it, and may use them anew.

function is_names(text) {
    return text ~ /(^|\n)(#include|using |struct |class |enum |template|namespace |[A-Za-z_][A-Za-z0-9_:<>,&* ]*[ &*][a-z_0-9]+\([^;]*\) \{)/
}

function close_block() {
    if (text ~ /(^|\n)int main\(/)
        programs[++program_count] = at text
    else if (is_names(text))
        names = names at text
    else if (everywhere) {
        on_every_rank = on_every_rank "{\n" at text
        ++every_rank_depth
    } else {
        on_the_root = on_the_root "{\n" at text
        ++root_depth
    }
    everywhere = 0
}

function closing(depth,   braces) {
    while (depth-- > 0) braces = braces "}\n"
    return braces
}

/^<!-- snippet: on every rank -->$/ { everywhere = 1 }
/^```/ {
    if (inside) {
        close_block()
        inside = 0
    } else if ($0 == "```cpp") {
        inside = 1
        text = ""
        at = sprintf("#line %d \"%s\"\n", NR + 1, FILENAME)
    } else
        other = !other
    next
}
inside { text = text $0 "\n" }

END {
    if (inside || other) {
        print FILENAME ": a block has no end" > "/dev/stderr"
        exit 1
    }
    if (part == "names")
        printf "%s", names
    else if (part == "page") {
        print "#include <hecaton/hecaton.hpp>"
        printf "%s", names
        print "static void on_every_rank([[maybe_unused]] const boost::mpi::communicator& comm) {"
        printf "%s%s}\n", on_every_rank, closing(every_rank_depth)
        print "static void on_the_root([[maybe_unused]] hecaton::Pool& pool) {"
        printf "%s%s}\n", on_the_root, closing(root_depth)
        print "int main(int argc, char** argv) {"
        print "    hecaton::Environment environment(argc, argv);"
        print "    on_every_rank(environment.world());"
        print "    return hecaton::run(argc, argv, on_the_root);"
        print "}"
    } else
        printf "%s", programs[part]
}
