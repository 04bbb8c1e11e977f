// What a Process runs, as bytes: the task's number, the callable, its arguments.
#pragma once

#include <hecaton/tasks/item_runner.hpp>
#include <hecaton/tasks/task_table.hpp>

namespace hecaton::detail {

/// Runs one call and drops what it returns, which therefore need not travel.
template <class F, class... Args>
class CallRunner final : public Runner {
  public:
    explicit CallRunner(Reader& closure) : f_(decode_callable<F>(closure)) {}

    void run(const ChunkInput& input, ChunkOutput& output, Pace& /*pace*/) override {
        const InTask in_task(0, 1, 0);
        try {
            std::tuple<Args...> arguments = FramedArguments<Args...>(input).next();
            std::apply(
                [this](Args&... args) {
                    if constexpr (takes_const<F, Args...>) {
                        static_cast<void>(std::invoke(f_, std::as_const(args)...));
                    } else {
                        static_cast<void>(std::invoke(f_, std::move(args)...));
                    }
                },
                arguments);
        } catch (...) {
            add_current_error(output.errors, 0);
        }
        output.done = 1;
    }

  private:
    F f_;
};

/// The bytes of f(args...). Refuses at compile time types that cannot travel; throws UsageError for a callable that
/// holds an address, and whatever an argument's serialize throws.
template <class F, class... Args>
Buffer encode_process_task(F f, const Args&... args) {
    (require_travels<Args>(), ...);
    require_callable<F>();
    Buffer bytes;
    if constexpr (callable_travels<F> && (Travels<Args> && ...)) {
        static_assert(callable_with<F, Args...>,
                      "hecaton: a Process cannot call this callable with these arguments, by value or by const "
                      "reference (string literals arrive as std::string)");
        if constexpr (callable_with<F, Args...>) {
            Writer writer(bytes);
            encode(writer, Registered<CallRunner<F, Args...>>::id);
            encode_callable(writer, f);
            append_frame(bytes, args...);
        }
    }
    return bytes;
}

/// Runs what encode_process_task made; an exception that it throws is added to `errors`.
void run_process_task(std::span<const std::byte> task, Buffer& errors);

}  // namespace hecaton::detail
