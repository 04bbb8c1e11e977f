#include <launcher/doctor/trial_rank.hpp>

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <hecaton/foundation/host.hpp>
#include <hecaton/launch/command.hpp>
#include <stdexcept>
#include <vector>

#include <launcher/base/print.hpp>
#include <launcher/program/mpi_library.hpp>

namespace hecaton::launcher {
namespace {

using clock = std::chrono::steady_clock;

void say(const char* step, const std::string& more = {}) {
    print(fmt::format("{}{}{}{}\n", trial_step::mark, step, more.empty() ? "" : " ", more));
}

long long microseconds_since(clock::time_point begin) {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock::now() - begin).count();
}

// A library that stays loaded until the process ends.
class LoadedLibrary {
  public:
    explicit LoadedLibrary(const std::string& file) : file_(file) {
        // Open MPI's plugins look for its symbols among the global ones.
        handle_ = ::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
        if (handle_ == nullptr) throw std::runtime_error(fmt::format("MPI cannot be loaded: {}", ::dlerror()));
    }
    void* address(const char* name) const {
        void* const found = ::dlsym(handle_, name);
        if (found == nullptr) throw std::runtime_error(fmt::format("{} has no {}", file_, name));
        return found;
    }
    template <class Function>
    Function* function(const char* name) const {
        return reinterpret_cast<Function*>(address(name));
    }

  private:
    std::string file_;
    void* handle_ = nullptr;
};

// The predefined communicator, types and operation of an MPI library.
template <class Handle>
struct Names {
    Handle world;
    Handle byte;
    Handle integer;
    Handle sum;
};

// Handles are addresses.
Names<void*> open_mpi(const LoadedLibrary& library) {
    return {library.address("ompi_mpi_comm_world"), library.address("ompi_mpi_byte"), library.address("ompi_mpi_int"),
            library.address("ompi_mpi_op_sum")};
}

// Handles are numbers, the same in all libraries with MPICH's ABI.
Names<int> mpich() { return {0x44000000, 0x4c00010d, 0x4c000405, 0x58000003}; }

// Each rank sends to the next one, and the last to the first; then all ranks compute a sum. Returns the microseconds
// that MPI took. Throws where wrong data arrives.
template <class Handle>
long long exchange(const LoadedLibrary& library, const Names<Handle>& names, int rank, int size) {
    const auto content = [](int of_rank) { return static_cast<unsigned char>(of_rank % 251 + 1); };
    const int next = (rank + 1) % size;
    const int previous = (rank + size - 1) % size;
    const std::vector<unsigned char> out(trial_bytes, content(rank));
    std::vector<unsigned char> in(trial_bytes);
    alignas(16) std::array<std::byte, 256> status{};  // no MPI has a larger one
    const auto begin = clock::now();
    library.function<int(const void*, int, Handle, int, int, void*, int, Handle, int, int, Handle, void*)>(
        "MPI_Sendrecv")(out.data(), trial_bytes, names.byte, next, 0, in.data(), trial_bytes, names.byte, previous, 0,
                        names.world, status.data());
    int sum = 0;
    library.function<int(const void*, void*, int, Handle, Handle, Handle)>("MPI_Allreduce")(
        &rank, &sum, 1, names.integer, names.sum, names.world);
    const auto took = microseconds_since(begin);
    if (in != std::vector<unsigned char>(trial_bytes, content(previous)))
        throw std::runtime_error(fmt::format("what rank {} got is not what rank {} had sent", rank, previous));
    if (sum != size * (size - 1) / 2)
        throw std::runtime_error(fmt::format("MPI_Allreduce over {} ranks gave the wrong sum", size));
    return took;
}

template <class Handle>
void use(const LoadedLibrary& library, const Names<Handle>& names, const std::string& title) {
    say(trial_step::begun, title);
    const auto begin = clock::now();
    library.function<int(int*, char***)>("MPI_Init")(nullptr, nullptr);
    const auto took = microseconds_since(begin);
    int rank = 0;
    int size = 0;
    library.function<int(Handle, int*)>("MPI_Comm_rank")(names.world, &rank);
    library.function<int(Handle, int*)>("MPI_Comm_size")(names.world, &size);
    say(trial_step::initialised, fmt::format("{} {}", size, took));
    say(trial_step::exchanged, std::to_string(exchange(library, names, rank, size)));
    library.function<int()>("MPI_Finalize")();
}

void use(const Linked& linked, const std::string& title) {
    const LoadedLibrary library(linked.library);
    if (linked.mpi == Mpi::open_mpi)
        use(library, open_mpi(library), title);
    else
        use(library, mpich(), title);
}

void use_mpi_of(const std::string& program) {
    const Linked linked = linked_mpi(program, detail::launch::variables());
    if (linked.missing)
        throw std::runtime_error(fmt::format("{}, which the program wants, is not found", linked.library));
    if (linked.mpi != Mpi::open_mpi && linked.mpi != Mpi::mpich) return;
    use(linked, {});
}

// What the library calls itself, up to the first comma or line end: "Open MPI v4.1.4".
std::string title_of(const LoadedLibrary& library) {
    std::vector<char> text(10'000);
    int size = 0;
    library.function<int(char*, int*)>("MPI_Get_library_version")(text.data(), &size);
    text.back() = 0;
    const std::string all = text.data();
    return all.substr(0, all.find_first_of(",\n"));
}

// The library of the launcher that has started this rank: beside its command, or where the loader finds it.
void use_mpi_of_launcher() {
    const auto environment = detail::launch::variables();
    const auto set = [&](const char* name) { return !detail::launch::value(environment, name).empty(); };
    const bool hydra = set("PMI_RANK") && !set("OMPI_COMM_WORLD_SIZE") && !set("PMIX_RANK");
    const auto command =
        detail::launch::find_in_path(detail::launch::search_path(environment), hydra ? "mpiexec.hydra" : "mpirun");
    const auto prefix = std::filesystem::path(command).parent_path().parent_path();
    std::string why;
    for (const char* name : {hydra ? "libmpich.so.12" : "libmpi.so.40", hydra ? "libmpi.so.12" : "libmpi.so.40"})
        for (const auto& file :
             {(prefix / "lib" / name).string(), (prefix / "lib64" / name).string(), std::string(name)}) {
            if (file.find('/') != std::string::npos && !std::filesystem::exists(file)) continue;
            if (::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr)
                return use({.mpi = hydra ? Mpi::mpich : Mpi::open_mpi, .library = file}, title_of(LoadedLibrary(file)));
            why = ::dlerror();
        }
    say(trial_step::untried, why);
}

}  // namespace

int run_trial_rank(const std::string& program) {
    try {
        if (program == any_mpi)
            use_mpi_of_launcher();
        else if (!program.empty())
            use_mpi_of(program);
    } catch (const std::exception& problem) {
        say(trial_step::broken, problem.what());
        return 1;
    }
    say(trial_step::ended, detail::host::name());
    return 0;
}

}  // namespace hecaton::launcher
