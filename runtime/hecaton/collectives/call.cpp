#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <hecaton/collectives/call.hpp>
#include <hecaton/foundation/error.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/middle.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/mpi_session.hpp>
#include <hecaton/transport/rank_list.hpp>
#include <string>
#include <utility>

namespace hecaton::detail {
namespace {

const char* name_of(Operation operation) {
    static constexpr std::array names{"scatter",         "scatter_by",     "gather",       "all_gather",
                                      "broadcast",       "reduce",         "all_reduce",   "scan",
                                      "exclusive_scan",  "all_to_all",     "map",          "all_map",
                                      "for_each_block",  "time_left",      "scatter_into", "gather_into",
                                      "all_gather_into", "broadcast_into", "reduce_into",  "all_reduce_into"};
    const auto index = static_cast<std::size_t>(operation);
    return index < names.size() ? names[index] : "an unknown collective";
}

// Each value with its ranks: "rank 0: 3, ranks 1, 2: 5", in the order of each value's first rank. Ranks without a text
// are left out.
template <class Text>
std::string opinions(std::size_t ranks, Text&& text) {
    std::vector<std::pair<std::string, std::vector<int>>> groups;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        std::string said = text(rank);
        if (said.empty()) continue;
        const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == said; });
        if (group != groups.end()) {
            group->second.push_back(static_cast<int>(rank));
        } else {
            groups.emplace_back(std::move(said), std::vector<int>{static_cast<int>(rank)});
        }
    }
    std::string all;
    for (const auto& [said, who] : groups)
        all += fmt::format("{}{}: {}", all.empty() ? "" : "; ", rank_list(who), said);
    return all;
}

// The last error of an agreement at which the ranks were in different calls. When it leaves a function that an outer
// call on the same communicator runs, the others are not in that call any more: see Call::note_failure.
struct OutOfStep {
    MPI_Comm communicator = MPI_COMM_NULL;
    std::exception_ptr error;
};
thread_local OutOfStep out_of_step;

// What calls have used, for the next one: a call in a loop takes no memory.
thread_local std::vector<Statement> kept_statements;
thread_local std::vector<std::uint64_t> kept_sizes;

template <class Value>
bool all_same(const std::vector<Statement>& said, Value&& value) {
    return std::all_of(said.begin(), said.end(), [&](const Statement& s) { return value(s) == value(said.front()); });
}

}  // namespace

const std::uint64_t Call::no_index = 0;

Call::Call(MPI_Comm communicator, Operation operation, int root, const std::type_info& type)
    : communicator_(communicator), operation_(operation), root_(root), type_(&type) {
    require_mpi(name());
    if (communicator == MPI_COMM_NULL)
        throw UsageError(
            fmt::format("{}: the communicator is null: this rank is in no group. Call it only on the ranks that are "
                        "(MPI_Comm_split with MPI_UNDEFINED leaves a rank out)",
                        name()));
    int inter = 0;
    check_mpi(MPI_Comm_test_inter(communicator, &inter), "MPI_Comm_test_inter");
    if (inter != 0)
        throw UsageError(
            fmt::format("{}: the communicator joins two groups: merge them with MPI_Intercomm_merge first", name()));
    refuse_lost_ranks(name(), communicator);
    check_collective(MPI_Comm_rank(communicator, &rank_), "MPI_Comm_rank", communicator);
    check_collective(MPI_Comm_size(communicator, &size_), "MPI_Comm_size", communicator);
    attempt(keep_reserve);
    if (recording::on()) begun_ = recording::time_now();
    said_.swap(kept_statements);
    surely([&] { said_.resize(static_cast<std::size_t>(size_)); });
}

Call::~Call() {
    if (begun_ >= 0 && recording::on())
        recording::note(recording::Stretch::Kind::collective, name(), begun_, recorded_bytes_);
    if (said_.capacity() > kept_statements.capacity()) said_.swap(kept_statements);
}

const char* Call::name() const noexcept { return name_of(operation_); }

void Call::note_failure(std::uint64_t index) noexcept {
    failure_ = std::current_exception();
    failed_index_ = index;
    alone_ = failure_ == out_of_step.error && communicator_ == out_of_step.communicator;
}

void Call::throw_out_of_step(const std::exception_ptr& error) const {
    out_of_step = {communicator_, error};
    std::rethrow_exception(error);
}

bool Call::in_step() const noexcept {
    return all_same(said_, [](const Statement& s) { return std::pair(s.operation, s.phase); });
}

void Call::agree(std::uint64_t items, std::uint64_t bytes, const void* payload) {
    if (alone_) std::rethrow_exception(failure_);
    Statement mine{.operation = operation_,
                   .phase = phase_++,
                   .root = root_,
                   .type = type_->hash_code(),
                   .items = items,
                   .bytes = bytes,
                   .room = failed() ? has_failed : room_};
    if (payload != nullptr && bytes != 0 && bytes <= mine.payload.size() && !failed())
        std::memcpy(mine.payload.data(), payload, static_cast<std::size_t>(bytes));
    if (size_ == 1) {
        said_.front() = mine;
    } else {
        check_collective(
            MPI_Allgather(&mine, sizeof mine, MPI_BYTE, said_.data(), sizeof mine, MPI_BYTE, communicator_),
            "MPI_Allgather", communicator_);
    }
    for (int rank = 0; rank < size_; ++rank)
        if (said(rank).room == has_failed) throw_failure_of(rank);
    check_same();
    if (begun_ >= 0) recorded_bytes_ = std::max(recorded_bytes_, total_bytes());
}

void Call::settle() {
    // The sizes from the last agreement are still needed.
    std::vector<Statement> before;
    attempt([&] { before = said_; });
    agree();
    said_ = std::move(before);
}

void Call::check_same() const {
    const Statement& first = said_.front();
    const bool same = std::all_of(said_.begin(), said_.end(), [&](const Statement& s) {
        return s.operation == first.operation && s.phase == first.phase && s.root == first.root && s.type == first.type;
    });
    if (!same) {
        if (!all_same(said_, [](const Statement& s) { return s.operation; }))
            throw_out_of_step(std::make_exception_ptr(UsageError(
                fmt::format("the ranks call different collectives ({}): all ranks of a communicator must call the same "
                            "ones in the same order",
                            opinions(said_.size(), [&](std::size_t r) { return name_of(said_[r].operation); })))));
        if (!in_step())
            throw_out_of_step(std::make_exception_ptr(
                UsageError(fmt::format("{}: the ranks are at different places of the call: was it called from inside "
                                       "of another one's function on some ranks only?",
                                       name()))));
        if (!all_same(said_, [](const Statement& s) { return s.root; }))
            throw UsageError(fmt::format(
                "{}: the ranks give different roots ({}): all ranks must name the same one", name(),
                opinions(said_.size(), [&](std::size_t r) { return fmt::format("root {}", said_[r].root); })));
        throw_type_mismatch();
    }
    if (root_ < 0 || root_ >= size_)
        throw UsageError(fmt::format("{}: root is {}, but the communicator has rank{} 0{}", name(), root_,
                                     size_ == 1 ? "" : "s",
                                     size_ == 1 ? std::string(" only") : fmt::format(" to {}", size_ - 1)));
}

void Call::throw_type_mismatch() const {
    // Hashes mean nothing to a reader. All ranks come here, so they can exchange the names.
    using Name = std::array<char, 160>;
    Name mine{};
    const std::string text = surely([&] { return readable_type_name(type_->name()); });
    text.copy(mine.data(), mine.size() - 1);
    std::vector<Name> names = surely([&] { return std::vector<Name>(static_cast<std::size_t>(size_)); });
    check_collective(MPI_Allgather(&mine, sizeof mine, MPI_BYTE, names.data(), sizeof mine, MPI_BYTE, communicator_),
                     "MPI_Allgather", communicator_);
    throw UsageError(fmt::format("{}: the ranks give values of different types ({}): all ranks must give the same",
                                 name(),
                                 opinions(names.size(), [&](std::size_t r) { return std::string(names[r].data()); })));
}

Buffer Call::encoded_failure() const {
    Buffer encoded;
    Writer writer(encoded);
    try {
        std::rethrow_exception(failure_);
    } catch (...) {
        write(writer, current_exception_record(failed_index_, rank_));
    }
    return encoded;
}

void Call::throw_failure_of(int rank) {
    if (size_ == 1) std::rethrow_exception(failure_);
    Buffer encoded;
    if (rank == rank_) encoded = surely([&] { return encoded_failure(); });
    std::uint64_t size = encoded.size();
    check_collective(MPI_Bcast(&size, sizeof size, MPI_BYTE, rank, communicator_), "MPI_Bcast", communicator_);
    if (rank != rank_) encoded = surely([&] { return Buffer(static_cast<std::size_t>(size)); });
    broadcast_bytes(communicator_, encoded.data(), size, rank);
    if (rank == rank_) std::rethrow_exception(failure_);
    Reader reader(encoded.bytes());
    const std::exception_ptr error = to_exception(read_error_record(reader));
    if (!in_step()) throw_out_of_step(error);
    std::rethrow_exception(error);
}

std::uint64_t Call::total_items() const noexcept {
    std::uint64_t total = 0;
    for (const Statement& each : said_) total += each.items;
    return total;
}

std::uint64_t Call::total_bytes() const noexcept {
    std::uint64_t total = 0;
    for (const Statement& each : said_) total += each.bytes;
    return total;
}

std::vector<std::uint64_t> Call::byte_sizes() const {
    std::vector<std::uint64_t> sizes = surely([&] { return std::vector<std::uint64_t>(said_.size()); });
    std::ranges::transform(said_, sizes.begin(), &Statement::bytes);
    return sizes;
}

std::span<std::uint64_t> Call::kept_byte_sizes() const {
    surely([&] { kept_sizes.resize(said_.size()); });
    std::ranges::transform(said_, kept_sizes.begin(), &Statement::bytes);
    return kept_sizes;
}

bool Call::all_inline() const noexcept {
    return std::all_of(said_.begin(), said_.end(), [](const Statement& s) { return s.bytes <= s.payload.size(); });
}

std::span<const std::byte> Call::payload(int rank) const {
    return {said(rank).payload.data(), static_cast<std::size_t>(bytes(rank))};
}

void Call::require_same_items(const char* what) const {
    if (all_same(said_, [](const Statement& s) { return s.items; })) return;
    throw UsageError(
        fmt::format("{}: the ranks give different numbers of {} ({}): all ranks must give as many", name(), what,
                    opinions(said_.size(), [&](std::size_t r) { return std::to_string(said_[r].items); })));
}

void Call::require_items(std::uint64_t expected, const char* what) const {
    if (std::all_of(said_.begin(), said_.end(), [&](const Statement& s) { return s.items == expected; })) return;
    throw UsageError(
        fmt::format("{}: every rank must give {} {}, one for each rank, but not all do ({})", name(), expected, what,
                    opinions(said_.size(), [&](std::size_t r) { return std::to_string(said_[r].items); })));
}

void Call::throw_no_room(std::span<const std::uint64_t> items) const {
    throw UsageError(fmt::format(
        "{}: the memory for the result is too small ({})", name(), opinions(said_.size(), [&](std::size_t r) {
            return items[r] <= said_[r].room
                       ? std::string()
                       : fmt::format("room for {} of {} item{}", said_[r].room, items[r], items[r] == 1 ? "" : "s");
        })));
}

Share Call::scatter_shares(std::span<const Share> shares) const {
    if (size_ == 1) return shares.front();
    Share mine;
    check_collective(
        MPI_Scatter(shares.data(), sizeof(Share), MPI_BYTE, &mine, sizeof mine, MPI_BYTE, root_, communicator_),
        "MPI_Scatter", communicator_);
    return mine;
}

Communicator world_for(const char* call) {
    require_mpi(call);
    return Communicator(MPI_COMM_WORLD);
}

}  // namespace hecaton::detail
