// FoldJob: map_reduce. Items are folded in blocks on the workers, the blocks' values on the root, all in input order.
//
// The blocks are cut by the number of items alone, so the order of operations, and with it every digit of a
// floating-point sum, is the same on any number of ranks.
#pragma once

#include <algorithm>
#include <functional>
#include <hecaton/pool/calls/map_job.hpp>
#include <optional>
#include <vector>

namespace hecaton::detail {

/// Items a block: small inputs travel item by item, large ones in some thousands of blocks, enough to keep every rank
/// busy.
std::uint64_t fold_block(std::uint64_t items);

template <class Op, class T, class R>
inline constexpr bool fold_fits =
    std::is_constructible_v<T, R>&& std::is_invocable_r_v<T, Op&, T, R>&& std::is_invocable_r_v<T, Op&, T, T>;

template <class Op, class T, class R>
consteval void require_fold() {
    static_assert(!std::is_void_v<R>, "hecaton: map_reduce needs a function that returns something to fold");
    static_assert(Travels<T>,
                  "hecaton: the type of map_reduce's initial value cannot travel: see what travels in the README");
    static_assert(
        std::is_void_v<R> || !Travels<T> || fold_fits<Op, T, R>,
        "hecaton: map_reduce's operation must take (T, what f returns) and (T, T), where T is the type of the initial "
        "value, and give a T: partial results of several ranks are folded with it too");
}

/// Runs a chunk that consists of whole blocks (the input's last block may be short) and gives one frame for each block.
template <class F, class Op, class T, class... Args>
class FoldRunner final : public Runner {
    using Result = call_result_t<F, Args...>;

  public:
    explicit FoldRunner(Reader& closure)
        : f_(decode_callable<F>(closure)), op_(decode_callable<Op>(closure)), block_(closure.size()) {
        if (block_ == 0) throw DecodeError("a fold has blocks of no item");
    }

    void run(const ChunkInput& input, ChunkOutput& output, Pace& pace) override {
        if constexpr (record_arguments<Args...>) {
            check_records(input, (sizeof(Args) + ... + 0));
            RecordArguments<Args...> arguments(input);
            fold(input, output, pace, arguments);
        } else {
            FramedArguments<Args...> arguments(input);
            fold(input, output, pace, arguments);
        }
    }

    // A sink is told what f gives, and gather() folds that: the same operations in the same order.
    ItemResults item_results() const override { return {.value_bytes = 0, .to_gather = true, .block = block_}; }
    void gather(const ChunkInput& input, ChunkOutput& output) override {
        const Buffer items = std::exchange(output.values, Buffer());
        const Buffer failed = std::exchange(output.errors, Buffer());
        Reader values(items.bytes());
        ErrorList errors(failed.bytes());
        const InTask in_task(input.first, input.attempt, input.seed, input.call);
        TaskContext& context = task_context();
        for (std::uint64_t i = 0; i < output.done;) {
            std::optional<T> total;
            for (const std::uint64_t end = std::min(i + block_, output.done); i < end; ++i) {
                context.set_item(input.first + i);
                if (const ErrorRecord* error = errors.at(input.first + i)) {
                    Writer writer(output.errors);
                    write(writer, *error);
                    continue;
                }
                try {
                    Reader frame(next_frame(values));
                    add(total, [&frame] { return decode<Result>(frame); });
                } catch (...) {
                    add_current_error(output.errors, input.first + i);
                }
            }
            append_total(input, output, i, total);
        }
    }

  private:
    template <class Arguments>
    void fold(const ChunkInput& input, ChunkOutput& output, Pace& pace, Arguments& arguments) {
        const InTask in_task(input.first, input.attempt, input.seed, input.call);
        TaskContext& context = task_context();
        std::uint64_t i = input.skip;
        while (i < input.count &&
               pace.next(1) != 0) {  // asked once a block: half a block would be of no use to anybody
            std::optional<T> total;
            for (const std::uint64_t end = std::min((i / block_ + 1) * block_, input.count); i < end; ++i) {
                context.set_item(input.first + i);
                if constexpr (!record_arguments<Args...>)  // see ItemRunner; folds of numbers would be slower
                    std::atomic_signal_fence(std::memory_order_seq_cst);
                try {
                    std::tuple<Args...> item = arguments.next();
                    if (output.sink == nullptr) {
                        add(total, [&]() -> decltype(auto) { return call(item); });
                    } else {
                        append_frame(output.values, static_cast<Result>(call(item)));
                    }
                } catch (...) {
                    add_current_error(output.errors, input.first + i);
                }
                if (output.sink == nullptr) continue;
                report_item(output, output.values.bytes());
                output.values.clear();
            }
            if (output.sink == nullptr) append_total(input, output, i, total);
        }
        output.done = i;
    }

    decltype(auto) call(std::tuple<Args...>& arguments) {
        return std::apply(
            [this](Args&... args) -> decltype(auto) {
                if constexpr (takes_const<F, Args...>) {
                    return std::invoke(f_, std::as_const(args)...);
                } else {
                    return std::invoke(f_, std::move(args)...);
                }
            },
            arguments);
    }

    template <class Value>
    void add(std::optional<T>& total, Value&& value) {
        if (total) {
            total = std::invoke(op_, std::move(*total), value());
        } else {
            total.emplace(value());
        }
    }

    // A block in which every item failed has no value; the call throws anyway, and the frame is there to be counted.
    void append_total(const ChunkInput& input, ChunkOutput& output, std::uint64_t behind,
                      const std::optional<T>& total) {
        try {
            append_frame(output.values, total);
        } catch (...) {
            add_current_error(output.errors, input.first + behind - 1);
            append_frame(output.values, std::optional<T>());
        }
    }

    F f_;
    Op op_;
    std::uint64_t block_;
};

template <class F, class Op, class T, class List>
struct FoldRunnerFor;
template <class F, class Op, class T, class... Wire>
struct FoldRunnerFor<F, Op, T, TypeList<Wire...>> {
    using type = FoldRunner<F, Op, T, Wire...>;
};

template <class F, class Op, class T, class Arguments>
class FoldJob final : public Job {
  public:
    using ConcreteRunner = typename FoldRunnerFor<F, Op, T, typename Arguments::wire>::type;

    FoldJob(const F& f, Op op, T init, Arguments arguments, MapOptions options)
        : Job(Registered<ConcreteRunner>::id, arguments.size(), std::move(options)),
          arguments_(std::make_unique<Arguments>(std::move(arguments))),
          op_(std::move(op)),
          total_(std::move(init)) {
        block_ = fold_block(items());
        partials_.resize((items() + block_ - 1) / block_);
        signature_ = signature_of<ConcreteRunner, T>();
        signature_.form = ResultForm::folded;
        encode_callable(closure_, signature_, f);
        encode_callable(closure_, signature_, op_);
        Writer(closure_).size(block_);
    }

    std::span<const std::byte> items_in_place(std::uint64_t first, std::uint64_t count) const override {
        return array_of_arguments(*arguments_, typename Arguments::wire{}, first, count);
    }
    void append_items(std::uint64_t first, std::uint64_t count, Buffer& to) const override {
        append_arguments(*arguments_, typename Arguments::wire{}, first, count, to);
    }
    void release_items() override { arguments_.reset(); }
    std::span<std::byte> results_in_place(std::uint64_t, std::uint64_t) override { return {}; }

    void accept(const ChunkResults& results) override {
        ErrorList errors(results.errors);
        for (std::uint64_t i = results.first; i < results.first + results.done; ++i)
            if (const ErrorRecord* error = errors.at(i)) add_error(*error);
        Reader values(results.values);
        for (std::uint64_t i = results.first; i < results.first + results.done && values.remaining() > 0; i += block_) {
            Reader frame(next_frame(values));
            try {
                partials_[i / block_] = decode<std::optional<T>>(frame);
            } catch (...) {
                add_error(current_exception_record(i, results.rank));
            }
        }
    }

    void give_up(std::uint64_t first, std::uint64_t count, ErrorRecord why) override {
        for (std::uint64_t i = first; i < first + count; ++i) {
            why.index = i;
            add_error(why);
        }
    }

    /// After completion: init folded with all blocks in order. Throws the call's error.
    T& result() {
        throw_error();
        for (auto& partial : partials_) total_ = std::invoke(op_, std::move(total_), std::move(*partial));
        partials_.clear();
        return total_;
    }

  private:
    std::unique_ptr<const Arguments> arguments_;
    Op op_;
    T total_;
    std::vector<std::optional<T>> partials_;
};

}  // namespace hecaton::detail
