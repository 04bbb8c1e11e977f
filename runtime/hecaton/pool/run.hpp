// run: the whole life of an article-style program.
#pragma once

#include <functional>
#include <hecaton/pool/options.hpp>
#include <hecaton/pool/pool.hpp>
#include <type_traits>
#include <utility>

namespace hecaton {

namespace detail {
/// The part of run that is no template; `body` returns the exit status.
int run_body(int argc, char** argv, PoolOptions options, const std::function<int(Pool&)>& body);
}  // namespace detail

/// Runs `body(pool)` on the root of a pool of all ranks while the others serve it, and returns the exit status on every
/// rank: the status that an int body returns, else 0. `body` takes a Pool& and returns void or int.
///
/// Starts MPI unless the program has; a program that no launcher started launches itself on all cores of this machine
/// (HECATON_RANKS=n or options.processes says on how many; HECATON_SELF_LAUNCH=0 keeps it from doing so). MPI then
/// lives until the process exits, so run may be called again. An exception that leaves `body` is reported once, on
/// standard error of the root; the ranks shut down in order and the status is 1. Code in front of run executes on every
/// rank, and once more before a self-launch.
template <class Body>
requires std::is_invocable_v<Body&, Pool&>
[[nodiscard("return it from main")]] int run(int argc, char** argv, PoolOptions options, Body&& body) {
    return detail::run_body(argc, argv, std::move(options), [&body](Pool& pool) -> int {
        if constexpr (std::is_void_v<std::invoke_result_t<Body&, Pool&>>) {
            body(pool);
            return 0;
        } else {
            return body(pool);
        }
    });
}
template <class Body>
requires std::is_invocable_v<Body&, Pool&>
[[nodiscard("return it from main")]] int run(int argc, char** argv, Body&& body) {
    return run(argc, argv, PoolOptions{}, std::forward<Body>(body));
}

}  // namespace hecaton
