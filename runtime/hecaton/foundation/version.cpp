#include <hecaton/foundation/version.hpp>

namespace hecaton {

const char* version() noexcept { return HECATON_VERSION; }

}  // namespace hecaton
