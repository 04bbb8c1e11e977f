// A pool inside one process whose items can be isolated, and calls of it as Pool makes them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/survival/zygote.hpp>
#include <memory>
#include <numeric>
#include <string>
#include <support/in_process_pool.hpp>
#include <utility>
#include <vector>

namespace hecaton::test {

/// The zygote is made when this is called first: all tasks are registered by then, and no thread is there yet.
struct SandboxedPool : InProcessPool {
    explicit SandboxedPool(int others, std::function<void()> initializer = {})
        : InProcessPool((detail::make_zygote(), others), std::move(initializer)) {}
};

template <class T>
auto arguments_of(const std::vector<T>& items) {
    return detail::zip<detail::Lifetime::detached>(items);
}

template <class F, class T>
auto outcomes(InProcessPool& pool, F f, const std::vector<T>& items, MapOptions options = {.isolate = true}) {
    static const auto hosts = std::make_shared<const std::vector<std::string>>(4, "here");
    auto arguments = arguments_of(items);
    using Collector = detail::CollectOutcomes<detail::result_for_t<F, decltype(arguments)>>;
    auto job = std::make_shared<detail::MapJob<F, decltype(arguments), Collector>>(
        f, std::move(arguments), Collector(items.size(), hosts), std::move(options));
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    return job->result();
}

template <class F, class T>
auto map(InProcessPool& pool, F f, const std::vector<T>& items, MapOptions options = {.isolate = true}) {
    auto arguments = arguments_of(items);
    using Collector = typename detail::VectorOf<detail::result_for_t<F, decltype(arguments)>>::type;
    auto job = std::make_shared<detail::MapJob<F, decltype(arguments), Collector>>(
        f, std::move(arguments), Collector(items.size()), std::move(options));
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    return job->result();
}

inline std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

/// The text of the error of item `index`; "" when it has a value.
template <class R>
std::string error_of(const std::vector<Outcome<R>>& all, std::size_t index) {
    return all.at(index).has_value() ? "" : all.at(index).error().text();
}

/// x * x, but a segmentation fault for 3.
inline int crash_at_3(int x) {
    if (x != 3) return x * x;
    volatile std::uintptr_t nowhere = 64;  // a null pointer would be found by the sanitizer
    *reinterpret_cast<volatile int*>(nowhere) = x;
    return x;
}

}  // namespace hecaton::test
