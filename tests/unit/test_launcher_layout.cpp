// Which rank is on which node.
#include <launcher/engines/layout.hpp>
#include <support/catch.hpp>

using namespace hecaton::launcher;

namespace {

Plan on_nodes(Engine engine, int ranks, int ranks_per_node = 0) {
    Plan plan;
    plan.engine = engine;
    plan.ranks = ranks;
    plan.many_nodes = true;
    plan.request.ranks_per_node = ranks_per_node;
    return plan;
}

std::vector<int> nodes_of(const Layout& layout, int ranks) {
    std::vector<int> nodes;
    for (int rank = 0; rank < ranks; ++rank) nodes.push_back(node_of(rank, layout));
    return nodes;
}

}  // namespace

TEST_CASE("mpirun fills the nodes, and gives each as many more as do not fit") {
    const auto few = layout(on_nodes(Engine::open_mpi, 3), {2, 1, 4});
    CHECK(few.nodes == 2);
    CHECK(nodes_of(few, 3) == std::vector<int>{0, 0, 1});
    const auto many = layout(on_nodes(Engine::open_mpi, 6), {1, 2, 1});
    CHECK(many.nodes == 3);
    CHECK(nodes_of(many, 6) == std::vector<int>{0, 0, 1, 1, 1, 2});
    CHECK(layout(on_nodes(Engine::open_mpi, 4, 2), {9, 9, 9}).blocks == std::vector<int>{2, 2});
}

TEST_CASE("hydra begins again with the first node") {
    const auto found = layout(on_nodes(Engine::hydra, 5), {2, 1});
    CHECK(found.nodes == 2);
    CHECK(nodes_of(found, 5) == std::vector<int>{0, 0, 1, 0, 0});
    CHECK(ranks_of_nodes(found) == std::vector<int>{4, 1});
}

TEST_CASE("where the nodes are not known, no rank's is") {
    CHECK(node_of(0, layout(on_nodes(Engine::open_mpi, 4), {})) == -1);
    CHECK(ranks_of_nodes(layout(on_nodes(Engine::open_mpi, 4), {})).empty());
    CHECK(node_of(0, layout(on_nodes(Engine::srun, 4), {2, 2})) == -1);
    CHECK(node_of(9, layout(on_nodes(Engine::open_mpi, 4), {2, 2})) == -1);
    Plan here = on_nodes(Engine::open_mpi, 4);
    here.many_nodes = false;
    CHECK(nodes_of(layout(here, {}), 4) == std::vector<int>{0, 0, 0, 0});
}

TEST_CASE("blocks travel as text") {
    CHECK(text_of_blocks({8, 8, 4}) == "8,8,4");
    CHECK(blocks_of_text("8,8,4") == std::vector<int>{8, 8, 4});
    CHECK(blocks_of_text("").empty());
    CHECK(blocks_of_text("8;4").empty());
    CHECK(blocks_of_text("x").empty());
}
