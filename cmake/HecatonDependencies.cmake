# Every dependency is a package of the distribution; bootstrap.sh installs them.
set(MPI_CXX_SKIP_MPICXX TRUE)  # the C++ bindings of MPI-2 are gone; without them the header compiles faster
find_package(MPI REQUIRED COMPONENTS CXX)
find_package(Boost 1.74 REQUIRED COMPONENTS mpi serialization)
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(SQLite3 REQUIRED)
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)  # used as a header only
