// SmallCall: a call that its caller runs without a job: plain bytes in and out, and cheap by what is known of its
// items.
//
// It is BlockingCalls' quickest way. Where the guess proves wrong the rest becomes a job, which has these results.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <hecaton/pool/caller/item_costs.hpp>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/pool/options.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <memory>
#include <span>
#include <type_traits>

namespace hecaton::detail {

class PoolState;

/// Whether calls of F with those arguments may be small: what F gets and gives is the same with a job.
template <class F, class List>
inline constexpr bool may_be_small = false;
template <class F, class... Wire>
requires(call_accepted<F>(TypeList<Wire...>()) && (FunctionPointer<F> || PlainClosure<F>)&&takes_const<F, Wire...> &&
         record_arguments<Wire...>) inline constexpr bool may_be_small<F, TypeList<Wire...>> =
    std::is_void_v<call_result_t<F, Wire...>> ||
    (TravelsAsBytes<call_result_t<F, Wire...>> && std::is_default_constructible_v<call_result_t<F, Wire...>> &&
     !std::is_same_v<call_result_t<F, Wire...>, bool>);

/// What of it does not depend on types.
class SmallCall {
  public:
    /// Asks whether the call of that callable may be made so, and then keeps others from computing.
    /// `kind`: "map".
    SmallCall(PoolState& pool, const char* kind, const CostKey& key, std::uint64_t items, const MapOptions& options);
    ~SmallCall();
    SmallCall(const SmallCall&) = delete;
    SmallCall& operator=(const SmallCall&) = delete;

    /// Whether it may.
    explicit operator bool() const noexcept { return may_; }
    /// Calls item(i) for each item, or for as many as the guess allows. False: for these only. `vectorise`: the
    /// compiler may run several at a time, see ItemRunner.
    template <bool vectorise, class Item>
    bool run(Item&& item) {
        const CallContext call = context();
        const InTask in_task(0, 1, seed_, &call);
        TaskContext& task = task_context();
        std::uint64_t i = 0;
        for (std::uint64_t end = 0; (end = next(i)) != i;) {
            while (i < end) {
                try {
                    for (; i < end; ++i) {
                        task.set_item(i);
                        if constexpr (!vectorise) std::atomic_signal_fence(std::memory_order_seq_cst);
                        item(i);
                    }
                } catch (...) {
                    add_current_error(errors_, i);
                    ++i;
                }
            }
        }
        return finish(i);
    }
    /// After run() has gone through all: notes the report. Throws the error of the lowest index.
    void complete();
    /// After run() has not: the job gets its results, and the pool the rest. Waits for that.
    void share_rest(const std::shared_ptr<Job>& job, std::span<const std::byte> results);
    /// The items that it has run.
    std::uint64_t done() const noexcept { return done_; }

  private:
    using Clock = std::chrono::steady_clock;

    CallContext context() const { return {.items = items_, .name = options_.name}; }
    std::uint64_t next(std::uint64_t done) noexcept;
    bool finish(std::uint64_t done) noexcept;
    void note_stride(std::uint64_t done) noexcept;
    void leave() noexcept;
    double since_begin() const noexcept { return std::chrono::duration<double>(Clock::now() - begun_).count(); }

    PoolState& pool_;
    const char* const kind_;
    const CostKey key_;
    const std::uint64_t items_;
    const MapOptions& options_;
    bool may_ = false;
    double allowed_ = 0;        // seconds
    std::uint64_t stride_ = 0;  // items to the next look at the clock
    std::uint64_t longest_stride_ = 0;
    std::uint64_t seed_ = 0;
    WorkerContext outer_;
    Clock::time_point begun_;
    double seconds_ = 0;
    std::uint64_t done_ = 0;
    Buffer errors_;
    // For the recording:
    std::uint64_t noted_ = 0;         // items in its pieces
    Clock::time_point stride_begun_;  // when the first one began that is in none
};

/// The type of items with one argument; void for others.
template <class List>
struct OnlyOne {
    using type = void;
};
template <class Wire>
struct OnlyOne<TypeList<Wire>> {
    using type = Wire;
};

/// Runs the items of the call. False: see SmallCall::run().
template <class F, class Arguments, class Results>
bool run_small(SmallCall& call, F f, const Arguments& arguments, Results& results) {
    const auto each = [&](std::uint64_t i) {
        arguments.with_item(i, [&](const auto&... values) {
            results.set(i, [&]() -> decltype(auto) { return std::invoke(f, values...); });
        });
    };
    using Item = typename OnlyOne<typename Arguments::wire>::type;
    if constexpr (!std::is_void_v<Item> && Results::are_values) {
        if (const auto* const items = static_cast<const Item*>(arguments.array()))
            return call.run<true>(
                [&](std::uint64_t i) { results.set(i, [&]() -> decltype(auto) { return f(items[i]); }); });
    }
    return call.run<false>(each);
}

/// Refuses what encode_callable() refuses. Returns the callable's place in ItemCosts.
template <class F>
CostKey check_callable(TaskId task, const F& f) {
    if constexpr (FunctionPointer<F>) {
        return {.task = task, .function = locate(reinterpret_cast<const void*>(f)).offset};
    } else if constexpr (!std::is_empty_v<F>) {
        F copy = f;
        clear_padding(copy);
        refuse_addresses(std::as_bytes(std::span<const F, 1>(std::addressof(copy), 1)));
    }
    return {.task = task, .function = 0};
}

}  // namespace hecaton::detail
