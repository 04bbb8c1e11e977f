// An MPI program that does nothing: what start.py starts with hecaton run and with mpirun.
#include <mpi.h>

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    MPI_Finalize();
}
