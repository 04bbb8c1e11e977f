// How a sandbox gets a pool's initializer: a std::function cannot travel.
#pragma once

#include <functional>
#include <hecaton/survival/sandbox_wire.hpp>

namespace hecaton::detail {

/// An initializer that the zygote of this rank was made with.
struct KnownToZygote {
    std::function<void()> initializer;
    void operator()() const { initializer(); }
};

/// Throws UsageError for one that is neither KnownToZygote nor a plain function.
InitializerPlace place_of(const std::function<void()>& initializer);

}  // namespace hecaton::detail
