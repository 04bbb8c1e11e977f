// The Runner of one callable type and its argument types: decode, call, encode, item by item.
#pragma once

#include <bit>
#include <hecaton/tasks/callable.hpp>
#include <hecaton/tasks/frames.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace hecaton::detail {

// A callable is called with const lvalues; one that takes only rvalues gets the worker's own copies.
template <class F, class... Args>
inline constexpr bool takes_const = std::is_invocable_v<F&, const Args&...>;

/// F can be called with one item of those types.
template <class F, class... Args>
inline constexpr bool callable_with = takes_const<F, Args...> || std::is_invocable_v<F&, Args&&...>;

template <class F, class... Args>
struct PlainResult {
    using type = int;  // cannot be called: require_call says so, and nothing else should
};
template <class F, class... Args>
requires takes_const<F, Args...>
struct PlainResult<F, Args...> {
    using type = std::invoke_result_t<F&, const Args&...>;
};
template <class F, class... Args>
requires(!takes_const<F, Args...> && callable_with<F, Args...>) struct PlainResult<F, Args...> {
    using type = std::invoke_result_t<F&, Args&&...>;
};

template <class R>
struct TravellingResult {
    using type = travels_as_t<std::decay_t<R>>;
};
template <>
struct TravellingResult<void> {
    using type = void;
};

/// What f returns for these arguments, as it travels: const char* and string_view become std::string.
template <class F, class... Args>
using call_result_t = typename TravellingResult<typename PlainResult<F, Args...>::type>::type;

/// True when a chunk's arguments are an array of fixed-size records.
template <class... Args>
inline constexpr bool record_arguments = sizeof...(Args) > 0 && (TravelsAsBytes<Args> && ...);

/// True when a chunk's arguments are one array of T, to be used where it lies.
template <class... Args>
inline constexpr bool array_argument = sizeof...(Args) == 1 && record_arguments<Args...>;

/// True when a chunk's results are an array of R.
template <class R>
inline constexpr bool array_result = TravelsAsBytes<R>;
template <>
inline constexpr bool array_result<void> = false;

template <class T>
T read_bytes_as(const std::byte* from) {
    std::array<std::byte, sizeof(T)> bytes;
    std::memcpy(bytes.data(), from, sizeof(T));
    return std::bit_cast<T>(bytes);
}

// Gives the arguments of one item after the other. One of these classes for each way in which they are laid out.
template <class... Args>
class RecordArguments {
  public:
    explicit RecordArguments(const ChunkInput& input)
        : next_(input.items.data() + input.skip * (sizeof(Args) + ... + 0)) {}
    std::tuple<Args...> next() {
        return std::tuple<Args...>{take<Args>()...};  // braces: from left to right
    }

  private:
    template <class T>
    T take() {
        const std::byte* from = std::exchange(next_, next_ + sizeof(T));
        return read_bytes_as<T>(from);
    }
    const std::byte* next_;
};

template <class... Args>
class FramedArguments {
  public:
    explicit FramedArguments(const ChunkInput& input) : items_(input.items) { skip_frames(items_, input.skip); }
    std::tuple<Args...> next() {
        Reader frame(next_frame(items_));
        return std::tuple<Args...>{decode<Args>(frame)...};
    }

  private:
    Reader items_;
};

template <class F, class... Args>
class ItemRunner final : public Runner {
  public:
    using Result = call_result_t<F, Args...>;

    explicit ItemRunner(Reader& closure) : f_(decode_callable<F>(closure)) {}

    void run(const ChunkInput& input, ChunkOutput& output, Pace& pace) override {
        if constexpr (record_arguments<Args...>) check_records(input, (sizeof(Args) + ... + 0));
        std::byte* results = nullptr;
        if constexpr (array_result<Result>) {
            results =
                output.in_place != nullptr ? output.in_place : output.values.grow_by(input.count * sizeof(Result));
        }
        const InTask in_task(input.first, input.attempt, input.seed, input.call);
        if constexpr (array_argument<Args...>) {
            using T = std::tuple_element_t<0, std::tuple<Args...>>;
            // Data of an over-aligned type may lie anywhere in a message; then each item is copied before use.
            if (reinterpret_cast<std::uintptr_t>(input.items.data()) % alignof(T) == 0 && takes_const<F, Args...>) {
                const T* items = reinterpret_cast<const T*>(input.items.data());
                if constexpr (takes_const<F, Args...>)
                    loop(input, output, results, pace,
                         [this, items](std::uint64_t i) -> decltype(auto) { return f_(items[i]); });
                return;
            }
        }
        if constexpr (record_arguments<Args...>) {
            RecordArguments<Args...> arguments(input);
            loop(input, output, results, pace, [&](std::uint64_t) { return call(arguments.next()); });
        } else {
            FramedArguments<Args...> arguments(input);
            loop(input, output, results, pace, [&](std::uint64_t) { return call(arguments.next()); });
        }
    }
    ItemResults item_results() const override {
        if constexpr (array_result<Result>) return {.value_bytes = sizeof(Result)};
        return {};
    }

  private:
    decltype(auto) call(std::tuple<Args...>&& arguments) {
        return std::apply(
            [this](Args&... args) -> Result {
                if constexpr (takes_const<F, Args...>) {
                    return static_cast<Result>(std::invoke(f_, std::as_const(args)...));
                } else {
                    return static_cast<Result>(std::invoke(f_, std::move(args)...));
                }
            },
            arguments);
    }

    // The compiler may run several of these items at a time. It may also delay the stores to the context, which are
    // read when the process dies in the middle of an item: all other loops forbid that.
    static constexpr bool may_vectorise = array_argument<Args...> && array_result<Result>;

    // Runs items in strides; an item that throws adds an error and the loop goes on behind it. The handler stands
    // outside the inner loop, which the compiler can then vectorise when the callable is inlined and throws nothing.
    template <class Call>
    void loop(const ChunkInput& input, ChunkOutput& output, std::byte* results, Pace& pace, Call&& call_item) {
        std::uint64_t i = input.skip;
        const bool one_by_one = output.with_times || output.sink != nullptr;
        TaskContext& context = task_context();
        while (i < input.count) {
            const std::uint64_t stride = pace.next(one_by_one ? 1 : input.count - i);
            if (stride == 0) break;
            const ItemTime start = output.with_times ? ItemTime{std::chrono::system_clock::now(), {}} : ItemTime{};
            const auto clock =
                output.with_times ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point{};
            const std::uint64_t end = i + stride;
            while (i < end) {
                try {
                    for (; i < end; ++i) {
                        context.set_item(input.first + i);
                        if constexpr (!may_vectorise) std::atomic_signal_fence(std::memory_order_seq_cst);
                        store(output, results, i, call_item);
                    }
                } catch (...) {
                    add_current_error(output.errors, input.first + i);
                    ++i;
                }
            }
            if (output.with_times)
                output.times.push_back({start.started, std::chrono::steady_clock::now() - clock, input.attempt});
            if (output.sink != nullptr) report(output, results, i - 1);
        }
        output.done = i;
        if constexpr (array_result<Result>) {
            if (output.in_place == nullptr) output.values.shrink_to(i * sizeof(Result));
        }
    }

    static void report(ChunkOutput& output, const std::byte* results, std::uint64_t i) {
        if constexpr (array_result<Result>) {
            report_item(output, {results + i * sizeof(Result), sizeof(Result)});
        } else {
            report_item(output, output.values.bytes());
            output.values.clear();
        }
    }

    template <class Call>
    static void store(ChunkOutput& output, std::byte* results, std::uint64_t i, Call& call_item) {
        if constexpr (std::is_void_v<Result>) {
            call_item(i);
        } else if constexpr (array_result<Result>) {
            put<Result>(results + i * sizeof(Result), static_cast<Result>(call_item(i)));
        } else {
            const Result value = static_cast<Result>(call_item(i));
            append_frame(output.values, value);
        }
    }

    // The place may be unaligned, and Result may have no default constructor.
    template <class R>
    static void put(std::byte* place, const R& value) {
        if constexpr (std::is_arithmetic_v<R>) {
            using Unaligned [[gnu::aligned(1)]] = R;
            *reinterpret_cast<Unaligned*>(place) = value;  // not a store of bytes, which could be one over the context
        } else {
            std::memcpy(place, std::addressof(value), sizeof(R));
        }
    }

    F f_;
};

}  // namespace hecaton::detail
