#include <launcher/program/mpi_library.hpp>

#include <fmt/format.h>

namespace hecaton::launcher {

std::string name(const Linked& linked) {
    switch (linked.mpi) {
        case Mpi::open_mpi:
            return linked.major > 0 ? fmt::format("Open MPI {}", linked.major) : "Open MPI";
        case Mpi::mpich:
            return "MPICH";
        case Mpi::either:
            return "MPI's standard ABI";
        default:
            return {};
    }
}

Linked linked_mpi(const std::vector<Library>& libraries) {
    Linked found;
    for (const auto& library : libraries) {
        const auto is = [&](const char* text) { return library.name.starts_with(text); };
        const Mpi mpi = is("libmpi.so.40")                           ? Mpi::open_mpi
                        : is("libmpich.so.12") || is("libmpi.so.12") ? Mpi::mpich
                        : is("libmpi_abi.so")                        ? Mpi::either
                                                                     : Mpi::none;
        if (mpi != Mpi::none && (found.mpi == Mpi::none || found.mpi == Mpi::either)) {
            found.mpi = mpi;
            found.missing = library.path.empty();
            found.library = library.path.empty() ? library.name : library.path;
        }
        if (is("libopen-pal.so.40")) found.major = 4;
        if (is("libopen-pal.so.80")) found.major = 5;
    }
    if (found.mpi != Mpi::open_mpi) found.major = 0;
    return found;
}

Linked linked_mpi(const std::string& program, const std::vector<Library>& libraries) {
    const Dynamic own = read_dynamic(program);
    if (!own.elf || !own.dynamic) return {.mpi = Mpi::unknown};
    return linked_mpi(libraries);
}

Linked linked_mpi(const std::string& program, const detail::launch::Variables& environment) {
    return linked_mpi(program, libraries(program, environment));
}

}  // namespace hecaton::launcher
