// What a rank and its zygote say to each other over their socket, and the zygote's side of it.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <hecaton/foundation/descriptor.hpp>

namespace hecaton::detail {

struct ZygoteRequest {
    enum class What : std::uint32_t {
        start,
        start_sandbox,  ///< comes with the sandbox's end of a socket; the task is a SandboxStart
        signal,         ///< to the process, or to all of a sandbox's group
    };
    What what{};
    std::int32_t signo = 0;
    std::uint64_t id = 0;
    std::int32_t rank = 0;
    std::int32_t size = 0;
    std::uint64_t name_bytes = 0;  ///< of a start: the name follows, then the task
    std::uint64_t task_bytes = 0;
};

/// Added to the wait status of a sandbox that died because its stack was full.
inline constexpr int full_stack_bit = 0x10000;

/// Sends or receives all of it; false when the other end is gone.
bool send_all(int socket, const void* data, std::size_t size) noexcept;
bool receive_all(int socket, void* data, std::size_t size) noexcept;

/// Sends `request` with a copy of the descriptor `passed`. False when the other end is gone.
bool send_with_descriptor(int socket, const ZygoteRequest& request, int passed) noexcept;
/// Receives a request, and the descriptor that came with it, if any.
bool receive_with_descriptor(int socket, ZygoteRequest& request, Descriptor& passed) noexcept;

/// Everything that standard output and standard error still hold.
void flush_output() noexcept;

/// The zygote's life. All signals are blocked; `mask` is what its children get. `initializer` is for sandboxes.
[[noreturn]] void live_as_zygote(int socket, const sigset_t& mask, const std::function<void()>& initializer) noexcept;

}  // namespace hecaton::detail
