// Advice about an option that hecaton does not have: the one to write instead.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher {

/// "write --env NAME=VALUE" for mpirun's "-x", "is it --label?" for "--lable"; empty where no option is similar.
/// `option` as it was given, maybe with "=value"; `ours` are the long names of the command, without dashes.
std::string advice_about(std::string_view option, const std::vector<std::string>& ours);

/// The one of `known` that `name` is with a typing error; empty where none is as near.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace hecaton::launcher
