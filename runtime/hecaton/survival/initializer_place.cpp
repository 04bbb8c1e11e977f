#include <hecaton/foundation/error.hpp>
#include <hecaton/survival/initializer_place.hpp>

namespace hecaton::detail {

InitializerPlace place_of(const std::function<void()>& initializer) {
    using Kind = InitializerPlace::Kind;
    if (!initializer) return {};
    if (initializer.target<KnownToZygote>() != nullptr) return {.kind = Kind::in_zygote, .function = {}};
    if (void (*const* function)() = initializer.target<void (*)()>())
        return {.kind = Kind::function, .function = locate(reinterpret_cast<const void*>(*function))};
    throw UsageError(
        "MapOptions::isolate (or timeout): this pool's initializer cannot be run in a sandbox, which is no copy of "
        "the rank as it is now. Make it a plain function, or let hecaton::run start MPI and open the pool");
}

}  // namespace hecaton::detail
