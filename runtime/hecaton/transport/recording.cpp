#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <hecaton/foundation/compute_clock.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/version.hpp>
#include <hecaton/job/job_place.hpp>
#include <hecaton/launch/recording.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/rank_place.hpp>
#include <hecaton/transport/recording.hpp>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace hecaton::detail {
namespace {

constexpr int clock_tag = 2;
constexpr int lines_tag = 3;
constexpr int clock_exchanges = 12;

// Of the process.
struct State {
    MPI_Comm whole = MPI_COMM_NULL;  // a copy of the world, to collect over
    std::int64_t origin = 0;
    std::set<int> known;  // ranks of the world that have a line
};

State& state() {
    static State& instance = *new State;  // used while the process exits, so never destroyed
    return instance;
}

// What the root says to all.
struct Wanted {
    std::int32_t on = 0;
    std::int32_t begun = 0;  // it was on before
    std::int64_t origin = 0;
};

// What a rank says of itself. Travels as bytes.
struct Profile {
    std::int32_t rank = 0;
    std::int32_t node = -1;
    std::int32_t cores = 1;
    std::int32_t pid = 0;
    std::uint64_t machine = 0;  // ranks of the same one have the same clock
    std::array<char, 64> host{};
};

Profile own_profile(int rank) {
    Profile mine;
    mine.rank = rank;
    mine.node = job_place().node;
    mine.cores = host::cores();
    mine.pid = ::getpid();
    mine.machine = host::process_space() + pretended_node(rank);
    host::name().copy(mine.host.data(), mine.host.size() - 1);
    return mine;
}

std::vector<std::string> own_arguments() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::vector<std::string> arguments;
    for (std::string word; std::getline(file, word, '\0');) arguments.push_back(word);
    if (!arguments.empty()) arguments.erase(arguments.begin());
    return arguments;
}

// On the root, which is rank 0 of the world.
Wanted begin_at_root() {
    if (recording::has_begun()) return {.on = 1, .begun = 1, .origin = state().origin};
    const std::string file = launch::recording_file();
    if (file.empty()) return {};
    std::unique_ptr<recording::Recorder> recorder = recording::open_recorder(file);
    if (recorder == nullptr) return {};
    int ranks = 1;
    check_mpi(MPI_Comm_size(MPI_COMM_WORLD, &ranks), "MPI_Comm_size");
    const auto unix_time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
    const std::int64_t origin = steady_ns();
    std::string lines;
    recording::append_begin(lines, {.version = std::string(version()),
                                    .program = host::executable(),
                                    .arguments = own_arguments(),
                                    .unix_time = unix_time.count(),
                                    .origin = origin,
                                    .ranks = ranks});
    recorder->add(lines);
    state().origin = origin;
    recording::begin({.rank = 0, .shift = -origin, .recorder = std::move(recorder)});
    return {.on = 1, .begun = 0, .origin = origin};
}

// One rank of each other machine tells what its clock shows; the others of that machine have the same.
std::vector<ClockOffset> measure_clocks(MPI_Comm communicator, int root, int rank, const std::vector<Profile>& all) {
    std::unordered_map<std::uint64_t, ClockOffset> known{{all[static_cast<std::size_t>(root)].machine, {}}};
    std::vector<ClockOffset> offsets;
    for (int each = 0; each < static_cast<int>(all.size()); ++each) {
        const auto [found, added] = known.try_emplace(all[static_cast<std::size_t>(each)].machine);
        if (added && rank == root) found->second = measure_clock(communicator, each, &steady_ns);
        if (added && rank == each) answer_clock(communicator, root, &steady_ns);
        offsets.push_back(found->second);
    }
    return offsets;
}

void add_rank_lines(const std::vector<Profile>& all, const std::vector<ClockOffset>& offsets) {
    std::string lines;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Profile& one = all[i];
        if (!state().known.insert(one.rank).second) continue;
        recording::append_rank(lines, {.rank = one.rank,
                                       .host = one.host.data(),
                                       .node = one.node,
                                       .cores = one.cores,
                                       .pid = one.pid,
                                       .offset = offsets[i].offset,
                                       .round_trip = offsets[i].round_trip});
    }
    recording::add(lines);
    recording::flush_soon();
}

void end_at_exit(int status, void* /*unused*/) {
    if (is_forked_copy()) return;
    end_recording(status, false);
    launch::make_report();
}

// Rank after rank, so that no more than one's lines are here at a time.
void collect(MPI_Comm communicator) {
    int rank = 0;
    int ranks = 1;
    check_mpi(MPI_Comm_rank(communicator, &rank), "MPI_Comm_rank");
    check_mpi(MPI_Comm_size(communicator, &ranks), "MPI_Comm_size");
    if (rank != 0) {
        const std::string lines = recording::take_lines();
        check_mpi(MPI_Send(lines.data(), static_cast<int>(lines.size()), MPI_CHAR, 0, lines_tag, communicator),
                  "MPI_Send");
        return;
    }
    for (int from = 1; from < ranks; ++from) {
        MPI_Status status{};
        int size = 0;
        check_mpi(MPI_Probe(from, lines_tag, communicator, &status), "MPI_Probe");
        check_mpi(MPI_Get_count(&status, MPI_CHAR, &size), "MPI_Get_count");
        std::string lines(static_cast<std::size_t>(size), '\0');
        check_mpi(MPI_Recv(lines.data(), size, MPI_CHAR, from, lines_tag, communicator, MPI_STATUS_IGNORE), "MPI_Recv");
        recording::add(lines);
    }
    recording::forget_usages();
}

}  // namespace

ClockOffset measure_clock(MPI_Comm communicator, int peer, std::int64_t (*clock)()) {
    ClockOffset best;
    for (int i = 0; i < clock_exchanges; ++i) {
        std::int64_t theirs = 0;
        const std::int64_t begun = clock();
        check_mpi(MPI_Send(&begun, 1, MPI_INT64_T, peer, clock_tag, communicator), "MPI_Send");
        check_mpi(MPI_Recv(&theirs, 1, MPI_INT64_T, peer, clock_tag, communicator, MPI_STATUS_IGNORE), "MPI_Recv");
        const std::int64_t took = clock() - begun;
        if (i == 0 || took < best.round_trip) best = {.offset = begun + took / 2 - theirs, .round_trip = took};
    }
    return best;
}

void answer_clock(MPI_Comm communicator, int asker, std::int64_t (*clock)()) {
    for (int i = 0; i < clock_exchanges; ++i) {
        std::int64_t ignored = 0;
        check_mpi(MPI_Recv(&ignored, 1, MPI_INT64_T, asker, clock_tag, communicator, MPI_STATUS_IGNORE), "MPI_Recv");
        const std::int64_t ours = clock();
        check_mpi(MPI_Send(&ours, 1, MPI_INT64_T, asker, clock_tag, communicator), "MPI_Send");
    }
}

void start_recording(MPI_Comm communicator, int root, bool whole) {
    int rank = 0;
    int ranks = 1;
    check_mpi(MPI_Comm_rank(communicator, &rank), "MPI_Comm_rank");
    check_mpi(MPI_Comm_size(communicator, &ranks), "MPI_Comm_size");
    int in_world = 0;
    check_mpi(MPI_Comm_rank(MPI_COMM_WORLD, &in_world), "MPI_Comm_rank");
    Wanted wanted;
    if (rank == root && in_world == 0) wanted = begin_at_root();
    if (ranks > 1) check_mpi(MPI_Bcast(&wanted, sizeof wanted, MPI_BYTE, root, communicator), "MPI_Bcast");
    if (wanted.on == 0) return;
    const Profile mine = own_profile(in_world);
    std::vector<Profile> all(static_cast<std::size_t>(ranks));
    check_mpi(MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all.data(), sizeof mine, MPI_BYTE, communicator),
              "MPI_Allgather");
    std::vector<ClockOffset> offsets = measure_clocks(communicator, root, rank, all);
    check_mpi(
        MPI_Bcast(offsets.data(), static_cast<int>(offsets.size() * sizeof(ClockOffset)), MPI_BYTE, root, communicator),
        "MPI_Bcast");
    if (whole) check_mpi(MPI_Comm_dup(communicator, &state().whole), "MPI_Comm_dup");
    if (!whole && wanted.begun == 0 && rank == root) ::on_exit(&end_at_exit, nullptr);
    if (rank == root) return add_rank_lines(all, offsets);
    if (recording::has_begun()) return;
    state().origin = wanted.origin;
    recording::begin({.rank = in_world,
                      .shift = offsets[static_cast<std::size_t>(rank)].offset - wanted.origin,
                      .recorder = whole ? std::make_unique<recording::Recorder>() : nullptr});
}

void end_recording(int status, bool all_there) noexcept {
    if (!recording::has_begun()) return;
    try {
        if (all_there && state().whole != MPI_COMM_NULL) {
            collect(state().whole);
            MPI_Comm_free(&state().whole);
        }
    } catch (...) {  // the recording lacks what is left with the others
        log::line("the recording of this run lacks what other ranks had still to tell");
    }
    if (recording::rank() == 0) recording::finish(status);
}

}  // namespace hecaton::detail
