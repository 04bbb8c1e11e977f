// Variables of the ranks alone (--env). Up to the shim they go by other names, so that the engine, the loader of
// whatever it starts, and the shim itself do not heed them: PATH, LD_PRELOAD, OMPI_MCA_... are for the rank.
#pragma once

#include <string>

namespace hecaton::launcher {

/// The name by which `name` goes up to the shim.
std::string carried_name(const std::string& name);

/// Gives the variables of this process that came so their own names, whatever these say by now. To be called in the
/// process that becomes the rank.
void set_carried_variables();

}  // namespace hecaton::launcher
