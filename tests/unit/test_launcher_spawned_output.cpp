#include <launcher/supervision/spawned_output.hpp>

#include <support/catch.hpp>

using hecaton::launcher::SpawnedOutput;

TEST_CASE("mpirun's standard output is sorted by line: spawned processes' and its own") {
    SpawnedOutput output;
    output.add("one\ntw");
    auto parts = output.take(false);
    CHECK(parts.spawned == "one\n");
    CHECK(parts.engine.empty());
    output.add("o\n2 total processes failed to start\nthree");
    parts = output.take(false);
    CHECK(parts.spawned == "two\n");
    CHECK(parts.engine == "2 total processes failed to start\n");
    CHECK(output.take(true).spawned == "three");
    CHECK(output.take(true).spawned.empty());
}
