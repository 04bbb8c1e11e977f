#include <launcher/shim/variables.hpp>

#include <cstdlib>
#include <hecaton/launch/environment.hpp>
#include <string_view>

namespace hecaton::launcher {
namespace {

constexpr std::string_view prefix = "HECATON_SET_";

}  // namespace

std::string carried_name(const std::string& name) { return std::string(prefix) + name; }

std::string plain_name(const std::string& carried) {
    return carried.starts_with(prefix) ? carried.substr(prefix.size()) : std::string();
}

void set_carried_variables() {
    for (const auto& [name, text] : detail::launch::variables()) {
        if (!name.starts_with(prefix)) continue;
        ::unsetenv(name.c_str());
        ::setenv(name.c_str() + prefix.size(), text.c_str(), 1);
    }
}

}  // namespace hecaton::launcher
