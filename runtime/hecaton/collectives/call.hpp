// Call: the part that all collective calls have in common.
//
// Every collective begins with an agreement: one MPI_Allgather of a Statement from each rank, with the operation, the
// type, the root and the sizes. So ranks that do not call the same operation get an error that names them instead of a
// hang, all ranks know all sizes, a value of a few bytes has already arrived, and a rank on which user code threw
// reports it in the same message. An exception leaves all ranks, after the same agreement, so the communicator can be
// used again.
//
// It costs the latency of one small MPI_Allgather (0.5 to 1 microsecond between two ranks of one host).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/middle.hpp>
#include <optional>
#include <span>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace hecaton::detail {

enum class Operation : std::uint16_t {
    scatter,
    scatter_by,
    gather,
    all_gather,
    broadcast,
    reduce,
    all_reduce,
    scan,
    exclusive_scan,
    all_to_all,
    map,
    all_map,
    for_each_block,
    time_left,
    scatter_into,
    gather_into,
    all_gather_into,
    broadcast_into,
    reduce_into,
    all_reduce_into,
};

/// One rank's part in an agreement. Travels as bytes.
struct Statement {
    Operation operation{};
    std::uint16_t phase = 0;  ///< the number of agreements in its call before this one
    std::int32_t root = 0;
    std::uint64_t type = 0;               ///< hash of the items' type
    std::uint64_t items = 0;              ///< the number of items that it brings
    std::uint64_t bytes = 0;              ///< their size on the way
    std::uint64_t room = 0;               ///< the number of items that its own memory takes; or has_failed
    std::array<std::byte, 24> payload{};  ///< the bytes, where they fit
};
static_assert(sizeof(Statement) == 64);

/// The room of a rank whose user code threw.
inline constexpr std::uint64_t has_failed = UINT64_MAX;

/// The part of one rank in a scatter whose parts differ.
struct Share {
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
};

class Call {
  public:
    /// Throws UsageError, on this rank alone, when MPI is not running or the communicator is null or joins two groups.
    Call(MPI_Comm communicator, Operation operation, int root, const std::type_info& type);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    MPI_Comm communicator() const noexcept { return communicator_; }
    int rank() const noexcept { return rank_; }
    int size() const noexcept { return size_; }
    int root() const noexcept { return root_; }
    bool is_root() const noexcept { return rank_ == root_; }

    /// Runs `f`, which may throw: the exception is kept for the next agreement. Does nothing after a failure. The
    /// other ranks' error names item `index`, with its value when `f` throws.
    template <class F>
    void attempt(const std::uint64_t& index, F&& f) {
        if (failure_) return;
        try {
            f();
        } catch (...) {
            note_failure(index);
        }
    }
    template <class F>
    void attempt(F&& f) {
        attempt(no_index, f);
    }
    bool failed() const noexcept { return failure_ != nullptr; }

    /// Collective. Tells all ranks about this one's data: the number of items, the number of bytes, and the bytes
    /// (null: they are not sent along). Throws on every rank when a rank has failed (its own exception there; elsewhere
    /// one of the same standard type that is also a TaskError; with several failures that of the lowest rank), and
    /// UsageError when the ranks call different operations or the root is no rank.
    void agree(std::uint64_t items = 0, std::uint64_t bytes = 0, const void* payload = nullptr);
    /// Collective. Runs `f`, which allocates this rank's part of `total` bytes. Where that is so much that it may fail,
    /// and that the time of an agreement does not count, it is an attempt, and all ranks learn how it went: throws on
    /// all when it, or an attempt before it, has failed. Little memory comes from the rank's reserve at the worst, and
    /// `f` is then called twice.
    template <class F>
    void make_room(std::uint64_t total, F&& f) {
        if (total < much_memory) return surely(f);
        attempt(f);
        settle();
    }
    /// Collective. use(value) as V. Where that is a conversion, it is an attempt, and throws on all ranks.
    template <class V, class Value, class Use>
    decltype(auto) with_converted(Value&& value, Use&& use) {
        if constexpr (std::is_same_v<std::remove_cvref_t<Value>, V>) {
            return use(value);
        } else {
            std::optional<V> converted;
            attempt([&] { converted.emplace(std::forward<Value>(value)); });
            if (failed()) agree();  // it throws
            return use(converted.value());
        }
    }
    /// Changes the type for agreements from now on.
    void set_type(const std::type_info& type) noexcept { type_ = &type; }
    /// Says in agreements from now on how many items this rank's own memory takes.
    void set_room(std::uint64_t items) noexcept { room_ = items; }

    // From the last agreement:
    std::uint64_t items(int rank) const { return said(rank).items; }
    std::uint64_t bytes(int rank) const { return said(rank).bytes; }
    std::uint64_t total_items() const noexcept;
    std::uint64_t total_bytes() const noexcept;
    std::vector<std::uint64_t> byte_sizes() const;
    /// The same, in memory that the thread keeps: good until it is asked again. May be changed.
    std::span<std::uint64_t> kept_byte_sizes() const;
    /// All bytes of all ranks came along. Needs that every rank gave its bytes to agree().
    bool all_inline() const noexcept;
    std::span<const std::byte> payload(int rank) const;

    /// Throws the same UsageError on every rank unless all bring as many items as rank 0, or `expected`. `what` is the
    /// word for items in the message, for example "elements".
    void require_same_items(const char* what) const;
    void require_items(std::uint64_t expected, const char* what) const;
    /// The same where items come to ranks that have too little room for them: comes(rank) of them.
    template <class Comes>
    void require_room(Comes&& comes) const {
        for (int rank = 0; rank < size_; ++rank) {
            if (comes(rank) <= said(rank).room) continue;
            std::vector<std::uint64_t> items;
            for (int each = 0; each < size_; ++each) items.push_back(comes(each));
            throw_no_room(items);
        }
    }

    /// Collective. Each rank's share, which the root knows (`shares` has size() of them there).
    Share scatter_shares(std::span<const Share> shares) const;

    const char* name() const noexcept;

  private:
    static const std::uint64_t no_index;
    static constexpr std::uint64_t much_memory = 2U << 20U;  // a part of the reserve

    const Statement& said(int rank) const { return said_[static_cast<std::size_t>(rank)]; }
    void note_failure(std::uint64_t index) noexcept;
    bool in_step() const noexcept;
    void settle();
    [[noreturn]] void throw_out_of_step(const std::exception_ptr& error) const;
    void check_same() const;
    Buffer encoded_failure() const;
    [[noreturn]] void throw_failure_of(int rank);
    [[noreturn]] void throw_type_mismatch() const;
    [[noreturn]] void throw_no_room(std::span<const std::uint64_t> items) const;

    MPI_Comm communicator_;
    Operation operation_;
    std::uint16_t phase_ = 0;
    int root_;
    int rank_ = 0;
    int size_ = 1;
    const std::type_info* type_;
    std::vector<Statement> said_;
    std::uint64_t room_ = 0;
    std::exception_ptr failure_;
    std::uint64_t failed_index_ = 0;
    bool alone_ = false;  ///< the others know of the failure, and wait for no agreement
    // For the recording:
    std::int64_t begun_ = -1;  ///< below 0: there is none
    std::uint64_t recorded_bytes_ = 0;
};

/// The communicator of all ranks. Throws UsageError, naming `call`, unless MPI is running.
Communicator world_for(const char* call);

/// True for what the overloads without a communicator must not take for a value.
template <class T>
concept NotCommunicator = !std::is_convertible_v<T, Communicator>;

}  // namespace hecaton::detail
