// Variables of the ranks alone (--env). Up to the shim they have other names, so that PATH, LD_PRELOAD, OMPI_MCA_... do
// not affect the engine, the programs that it starts, or the shim.
#pragma once

#include <string>

namespace hecaton::launcher {

/// The name that the variable `name` has up to the shim.
std::string carried_name(const std::string& name);

/// The name that such a variable gets in the rank; empty for any other name.
std::string plain_name(const std::string& carried);

/// Gives these variables their own names in this process's environment, over whatever is there under those. To be
/// called in the process that becomes the rank.
void set_carried_variables();

}  // namespace hecaton::launcher
