#include <cstdlib>
#include <hecaton/launch/hwloc_plugins.hpp>
#include <string_view>

namespace hecaton::detail::launch {
namespace {

constexpr const char* variable = "HWLOC_PLUGINS_PATH";
constexpr const char* nowhere = "/nonexistent/hidden-by-hecaton";

}  // namespace

void hide_hwloc_plugins(Command& command, const Variables& environment) {
    if (!environment.contains(variable)) command.environment.emplace_back(variable, nowhere);
}

void show_hwloc_plugins() {
    const char* now = std::getenv(variable);
    if (now && std::string_view(now) == nowhere) ::unsetenv(variable);
}

}  // namespace hecaton::detail::launch
