// MapJob: a callable over items, and a collector for what comes of them.
#pragma once

#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/calls/signature.hpp>
#include <hecaton/tasks/item_runner.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <memory>

namespace hecaton::detail {

template <class F, class List>
struct RunnerFor;
template <class F, class... Wire>
struct RunnerFor<F, TypeList<Wire...>> {
    using type = ItemRunner<F, Wire...>;
};
template <class F, class List>
using runner_for_t = typename RunnerFor<F, List>::type;

/// What f returns for the items of those arguments.
template <class F, class Arguments>
using result_for_t = typename runner_for_t<F, typename Arguments::wire>::Result;

/// The static_asserts for a call, before anything else of it is compiled.
template <class F, class... Wire>
consteval void require_call(TypeList<Wire...>) {
    (require_travels<Wire>(), ...);
    require_callable<F>();
    if constexpr (callable_travels<F> && (Travels<Wire> && ...)) {
        static_assert(
            callable_with<F, Wire...>,
            "hecaton: the callable cannot be called with items of this type, by value or by const reference. map "
            "calls it with one item of each range; starmap spreads the elements of a tuple over its parameters");
        using Result = call_result_t<F, Wire...>;
        if constexpr (!std::is_void_v<Result>) require_travels<Result>();
    }
}

/// Whether require_call has nothing to say.
template <class F, class... Wire>
consteval bool call_accepted(TypeList<Wire...>) {
    if constexpr (callable_travels<F> && (Travels<Wire> && ...)) {
        if constexpr (callable_with<F, Wire...>) {
            using Result = call_result_t<F, Wire...>;
            return std::is_void_v<Result> || Travels<Result>;
        }
    }
    return false;
}

/// In place of a call's job when its types were refused: the static_assert is then the only error, and the caller's
/// code still sees the type of the result. There are no objects of it.
template <class R>
class RefusedJob : public Job {
  public:
    R result();
};

/// `Collector` gets value(i, R), error(record), may have in_place(first, count), and says by `wants_times` and
/// `keeps_errors` what it needs; see collectors.hpp.
template <class F, class Arguments, class Collector>
class MapJob final : public Job {
  public:
    using Result = result_for_t<F, Arguments>;
    using ConcreteRunner = runner_for_t<F, typename Arguments::wire>;

    MapJob(const F& f, Arguments arguments, Collector collector, MapOptions options)
        : Job(Registered<ConcreteRunner>::id, arguments.size(), std::move(options)),
          arguments_(std::make_unique<Arguments>(std::move(arguments))),
          collector_(std::move(collector)) {
        with_times_ = Collector::wants_times;
        errors_are_results_ = Collector::keeps_errors;
        item_bytes_ = bytes_an_item(typename Arguments::wire{});
        signature_ = signature_of<ConcreteRunner, Result>();
        encode_callable(closure_, signature_, f);
    }

    std::span<const std::byte> items_in_place(std::uint64_t first, std::uint64_t count) const override {
        return array_of_arguments(*arguments_, typename Arguments::wire{}, first, count);
    }
    void append_items(std::uint64_t first, std::uint64_t count, Buffer& to) const override {
        append_arguments(*arguments_, typename Arguments::wire{}, first, count, to);
    }
    void release_items() override { arguments_.reset(); }
    std::span<std::byte> results_in_place(std::uint64_t first, std::uint64_t count) override {
        if constexpr (array_result<Result> && requires { collector_.in_place(first, count); })
            return collector_.in_place(first, count);
        return {};
    }

    void accept(const ChunkResults& results) override {
        ErrorList errors(results.errors);
        const std::span<std::byte> place = results_in_place(results.first, results.done);
        const bool in_place = !place.empty();
        if (in_place && !results.values.empty()) copy_results(place, results.values);
        if (in_place && errors.empty()) return;
        Reader values(results.values);
        for (std::uint64_t i = results.first; i < results.first + results.done; ++i) {
            collector_.about(i, results, arrived_time(results, i));
            if (const ErrorRecord* error = errors.at(i)) {
                fail(*error);
                if constexpr (array_result<Result>) {
                    if (!in_place && values.remaining() != 0) values.take(sizeof(Result));
                }
            } else if (!in_place) {
                take_value(i, values, results);
            }
        }
    }

    void give_up(std::uint64_t first, std::uint64_t count, ErrorRecord why) override {
        for (std::uint64_t i = first; i < first + count; ++i) {
            why.index = i;
            fail(why);
        }
    }

    void leave_out(std::uint64_t first, std::uint64_t count) override {
        if constexpr (Collector::keeps_errors) {
            ErrorRecord why = *early_end();
            for (why.index = first; why.index < first + count; ++why.index) collector_.error(why);
        }
    }

    /// After completion: the result of the call. Throws the call's error.
    decltype(auto) result() {
        throw_error();
        return collector_.result();
    }

  private:
    template <class... Wire>
    std::size_t bytes_an_item(TypeList<Wire...>) const {
        std::size_t bytes = 0;
        if constexpr (record_arguments<Wire...>) bytes = (sizeof(Wire) + ...);
        if constexpr (array_result<Result>) bytes = std::max(bytes, sizeof(Result));
        return bytes != 0 ? bytes : item_bytes_;
    }
    static ItemTime arrived_time(const ChunkResults& results, std::uint64_t i) {
        ItemTime time;
        if (Collector::wants_times && !results.times.empty())
            std::memcpy(&time, results.times.data() + (i - results.first) * sizeof time, sizeof time);
        return time;
    }

    // A result that does not decode fails its own item only: frames (and array elements) have known lengths.
    void take_value(std::uint64_t i, Reader& values, const ChunkResults& results) {
        if constexpr (std::is_void_v<Result>) {
            collector_.value(i);
        } else if constexpr (array_result<Result>) {
            collector_.value(i, read_bytes_as<Result>(values.take(sizeof(Result))));
        } else {
            Reader frame(next_frame(values));
            try {
                collector_.value(i, decode<Result>(frame));
            } catch (...) {
                fail(current_exception_record(i, results.rank));
            }
        }
    }

    void fail(const ErrorRecord& error) {
        add_error(error);
        collector_.error(error);
    }

    std::unique_ptr<const Arguments> arguments_;
    Collector collector_;
};

}  // namespace hecaton::detail
