// Where a rank is in its job, and its share of its node's cores.
#include <stdlib.h>
#include <unistd.h>

#include <hecaton/foundation/thread_share.hpp>
#include <hecaton/launch/allocation.hpp>
#include <hecaton/launch/place.hpp>
#include <support/catch.hpp>

using namespace hecaton::detail;
using namespace hecaton::detail::launch;

TEST_CASE("engines tell a rank its place") {
    const Variables open_mpi{
        {"OMPI_COMM_WORLD_LOCAL_RANK", "1"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "3"}, {"OMPI_COMM_WORLD_SIZE", "3"}};
    CHECK(place_by_engine(open_mpi) == JobPlace{1, 3, 0, 1});
    Variables of_several = open_mpi;
    of_several["OMPI_COMM_WORLD_SIZE"] = "5";
    CHECK(place_by_engine(of_several) == JobPlace{1, 3, -1, 0});
    CHECK_FALSE(place_by_engine(of_several).known());
    CHECK(place_by_engine({{"MPI_LOCALRANKID", "0"}, {"MPI_LOCALNRANKS", "2"}, {"PMI_SIZE", "2"}}) ==
          JobPlace{0, 2, 0, 1});
    const Variables slurm{{"SLURM_LOCALID", "2"},
                          {"SLURM_NODEID", "2"},
                          {"SLURM_TASKS_PER_NODE", "9"},
                          {"SLURM_STEP_TASKS_PER_NODE", "4(x2),3"}};
    CHECK(place_by_engine(slurm) == JobPlace{2, 3, 2, 3});
    CHECK_FALSE(place_by_engine({}).known());
    CHECK_FALSE(
        place_by_engine({{"SLURM_LOCALID", "0"}, {"SLURM_NODEID", "7"}, {"SLURM_TASKS_PER_NODE", "1"}}).known());
    CHECK_FALSE(place_by_engine({{"MPI_LOCALRANKID", "one"}, {"MPI_LOCALNRANKS", "2"}}).known());
}

TEST_CASE("what a rank starts has its rank's variables, and knows that they are not its own") {
    tell_place({1, 3, 2, 4});
    CHECK(told_place(variables()) == JobPlace{1, 3, 2, 4});
    Variables of_a_child = variables();
    of_a_child[rank_pid_variable] = "1";
    CHECK_FALSE(told_place(of_a_child).known());
    of_a_child[rank_pid_variable] = std::to_string(::getpid());
    CHECK(told_place(of_a_child).known());
    for (const char* name : {"HECATON_LOCAL_RANK", "HECATON_LOCAL_SIZE", "HECATON_NODE", "HECATON_NODES"})
        ::unsetenv(name);
    CHECK_FALSE(told_place(variables()).known());
}

TEST_CASE("Slurm's list of tasks, node by node") {
    CHECK(slurm_tasks_of_nodes("4(x2),3") == std::vector<int>{4, 4, 3});
    CHECK(slurm_tasks_of_nodes("x").empty());
    CHECK(slurm_tasks_of_nodes("").empty());
    CHECK(slurm_tasks_of_nodes("1(x2000000000),1(x2000000000)").size() <= 1'000'000);
}

TEST_CASE("a rank's share of the cores") {
    CHECK(thread_share(64, 4, 64) == 16);
    CHECK(thread_share(64, 5, 64) == 12);
    CHECK(thread_share(2, 8, 2) == 1);
    CHECK(thread_share(64, 4, 8) == 8);  // bound to some of them
    CHECK(thread_share(64, 4, 32) == 16);
    CHECK(thread_share(64, 0, 0) == 64);
    CHECK(cores_for_ranks(::getpid()) >= 1);
    CHECK(cores_for_ranks(-1) == 0);
}
