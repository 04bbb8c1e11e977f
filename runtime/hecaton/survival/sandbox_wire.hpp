// What a rank and its sandbox say to each other over their socket, and the sandbox's side of it.
//
// The rank sends each job's callable once, and then chunks. The sandbox answers item by item, so the rank knows which
// items are finished, whatever happens to the sandbox next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <hecaton/tasks/module.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/tasks/this_task.hpp>

namespace hecaton::detail {

/// Where a sandbox finds the pool's initializer.
struct InitializerPlace {
    enum class Kind : std::uint32_t {
        none,
        in_zygote,  ///< the zygote was made with it
        function,   ///< it is the function at `function`
    };
    Kind kind = Kind::none;
    ModuleOffset function;
};

/// What a sandbox is started with.
struct SandboxStart {
    WorkerContext worker;
    InitializerPlace initializer;
};

struct ToSandbox {
    enum class What : std::uint32_t {
        open_job,
        close_job,
        run_chunk,
        stop,
        shared,       ///< the answer to want_shared: a MemoryFile::Address follows; no bytes: the value was released
        drop_shared,  ///< the value `shared` is dropped; between chunks
    };
    What what{};
    std::uint32_t task = 0;  ///< of open_job
    std::uint64_t job = 0;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::uint64_t skip = 0;  ///< leading items that are finished
    std::uint64_t seed = 0;
    std::uint32_t attempt = 1;          ///< of the chunk
    std::uint32_t attempt_of_next = 1;  ///< of the first item that is run
    std::uint64_t with_times = 0;
    std::uint64_t shared = 0;  ///< number of a shared value
    std::uint64_t bytes = 0;   ///< that follow: the closure, or the items
};

struct FromSandbox {  // without holes, which valgrind would report
    enum class What : std::uint64_t {
        ready,        ///< the initializer has returned
        begun,        ///< the first item of a chunk comes now; `results` says how they look
        item,         ///< one more is finished: its value, or its error
        failed,       ///< with an error record: the initializer threw, or the callable could not be made
        want_shared,  ///< an item asks where the shared value `shared` is; the rank answers
        ended,        ///< the chunk is finished, or was stopped between two items
    };
    What what{};
    ItemResults results{};
    ItemTime time{};
    double computed = 0;            ///< seconds that the item took, without waits for a core
    std::uint64_t shared = 0;       ///< number of a shared value
    std::uint64_t value_bytes = 0;  ///< that follow
    std::uint64_t error_bytes = 0;  ///< that follow the value
};

/// The life of a sandbox, in a process that the zygote has forked for it, until its rank closes the socket.
[[noreturn]] void live_as_sandbox(int socket, const SandboxStart& start,
                                  const std::function<void()>& initializer_of_zygote) noexcept;

}  // namespace hecaton::detail
