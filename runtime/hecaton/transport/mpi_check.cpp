#include <fmt/format.h>

#include <array>
#include <hecaton/foundation/error.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <string_view>

namespace hecaton::detail {

void check_mpi(int code, const char* call) {
    if (code == MPI_SUCCESS) return;
    std::array<char, MPI_MAX_ERROR_STRING> text{};
    int length = 0;
    if (MPI_Error_string(code, text.data(), &length) != MPI_SUCCESS) length = 0;
    throw MpiError(fmt::format("{} failed: {}", call, std::string_view(text.data(), static_cast<std::size_t>(length))));
}

}  // namespace hecaton::detail
